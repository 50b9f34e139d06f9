package org.precertocsp.responder.intake.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.responder.intake.FeedRejectedException;

/// What [CsvReader] makes of any text is what another reader makes of it.
final class CsvReaderTest {
    private static final String CHARACTERS = "aab0 \"\"\",,;;\t\n\n\r\u00e9\u2003";
    private static final int TEXTS = 10_000 * Integer.getInteger("effort", 1);

    private record Row(long line, List<String> values) {}

    @ParameterizedTest
    @ValueSource(chars = {',', ';', '\t'})
    void any_text_has_the_rows_that_another_reader_finds(char separator) throws Exception {
        Random random = new Random(separator);
        int refused = 0;
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(24); length > 0; length--) {
                text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            }
            List<Row> expected = others(text.toString(), separator);
            if (expected == null) {
                refused++;
                assertThatThrownBy(() -> rows(text.toString(), separator, random))
                        .as("%s", text)
                        .isInstanceOf(FeedRejectedException.class);
            } else {
                assertThat(rows(text.toString(), separator, random))
                        .as("%s", text)
                        .isEqualTo(expected);
            }
        }
        assertThat(refused).isBetween(TEXTS / 10, TEXTS - TEXTS / 10);
    }

    /// In pieces of any length, as a stream may give them.
    private static List<Row> rows(String text, char separator, Random random)
            throws IOException, FeedRejectedException {
        InputStream pieces =
                new FilterInputStream(
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        return super.read(target, offset, 1 + random.nextInt(Math.min(5, length)));
                    }
                };
        List<Row> rows = new ArrayList<>();
        try (CsvReader reader = new CsvReader(pieces, separator, 1)) {
            while (reader.next()) {
                List<String> values =
                        IntStream.range(0, reader.count()).mapToObj(reader::value).toList();
                assertThat(reader.isBlank()).isEqualTo(values.stream().allMatch(String::isEmpty));
                if (!reader.isBlank()) {
                    rows.add(new Row(reader.line(), values));
                }
            }
        }
        return rows;
    }

    /// Null if the text is not well-formed.
    private static @Nullable List<Row> others(String text, char separator) {
        try {
            return de.siegmar.fastcsv.reader.CsvReader.builder()
                    .fieldSeparator(separator)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .allowUnclosedQuote(false)
                    .ofCsvRecord(text)
                    .stream()
                    .map(CsvReaderTest::row)
                    .filter(row -> !row.values().stream().allMatch(String::isEmpty))
                    .toList();
        } catch (CsvParseException _) {
            return null;
        }
    }

    private static Row row(CsvRecord found) {
        return new Row(
                found.getStartingLineNumber(),
                found.getFields().stream().map(String::strip).toList());
    }

    @Test
    void a_row_may_be_so_long_and_no_longer() throws Exception {
        String longest = "a".repeat(CsvReader.MAX_ROW - 3) + ",b\n";

        assertThat(rows("x\n" + longest + longest, ',', new Random(1))).hasSize(3);
        assertThatThrownBy(() -> rows("x\na" + longest, ',', new Random(1)))
                .hasMessageContaining("longer than 65,536 bytes (line 2)");
    }

    @Test
    void what_is_not_utf_8_is_refused() {
        InputStream latin = new ByteArrayInputStream(new byte[] {'a', (byte) 0xe9, '\n'});

        assertThatThrownBy(() -> new CsvReader(latin, ',', 1).next())
                .isInstanceOf(CharacterCodingException.class);
    }
}

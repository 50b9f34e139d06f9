package org.precertocsp.loadtest.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;

final class SerialListReaderTest {
    @TempDir private Path folder;

    @Test
    void lines_are_serials_with_or_without_a_status() throws IOException {
        SerialListReader.Lists lists =
                read("serial,status\n0a1b,good\n# why\n\n1c, REVOKED\nff\n7777,unassigned\n");

        assertThat(lists.assigned().size()).isEqualTo(3);
        assertThat(lists.assigned().serial(0)).isEqualTo(Serial.ofHex("0a1b"));
        assertThat(lists.assigned().expected(0)).isEqualTo(ExpectedStatus.GOOD);
        assertThat(lists.assigned().expected(1)).isEqualTo(ExpectedStatus.REVOKED);
        assertThat(lists.assigned().serial(2).toHex()).isEqualTo("00ff");
        assertThat(lists.assigned().expected(2)).isEqualTo(ExpectedStatus.ASSIGNED);
        assertThat(lists.unassigned().serial(0)).isEqualTo(Serial.ofHex("7777"));
    }

    @Test
    void a_bad_line_is_named() {
        assertThatThrownBy(() -> read("0a\nxyz,good\n"))
                .hasMessageContaining("list.csv line 2: 'xyz' is not a hexadecimal serial");
        assertThatThrownBy(() -> read("0a,fine\n")).hasMessageContaining("'fine' is not a status");
    }

    @Test
    void many_rows_of_unlike_length_are_kept() {
        PackedSerialTable.Builder builder = SerialTable.builder();
        for (int i = 0; i < 150_000; i++) {
            builder.add(serial(i), i % 3 == 0 ? ExpectedStatus.REVOKED : ExpectedStatus.GOOD);
        }
        SerialTable table = builder.build();

        assertThat(table.size()).isEqualTo(150_000);
        for (int i : new int[] {0, 1, 65_535, 65_536, 131_072, 149_999}) {
            assertThat(table.serial(i)).isEqualTo(serial(i));
            assertThat(table.expected(i))
                    .isEqualTo(i % 3 == 0 ? ExpectedStatus.REVOKED : ExpectedStatus.GOOD);
        }
    }

    @Test
    void certificates_of_the_issuer_give_their_serials() throws IOException {
        TestCa ca = TestCa.root("One");
        TestCa.write(folder.resolve("leaf.pem"), ca.issue(BigInteger.valueOf(1234)));
        TestCa.write(folder.resolve("pre.crt"), ca.precertificate(BigInteger.valueOf(99)));
        TestCa.write(folder.resolve("ca.pem"), ca.holder());
        TestCa.write(folder.resolve("other.pem"), TestCa.root("Two").issue(BigInteger.valueOf(5)));

        SerialTable table = CertificateSerialReader.read(ca.certificate(), List.of(folder));

        assertThat(table.size()).isEqualTo(2);
        assertThat(List.of(table.serial(0), table.serial(1)))
                .containsExactlyInAnyOrder(
                        Serial.of(BigInteger.valueOf(1234)), Serial.of(BigInteger.valueOf(99)));
    }

    @Test
    void certificates_of_somebody_else_are_no_serials() throws IOException {
        Path file =
                TestCa.write(folder.resolve("other.pem"), TestCa.root("Two").issue(BigInteger.ONE));

        assertThatThrownBy(
                        () ->
                                CertificateSerialReader.read(
                                        TestCa.root("One").certificate(), List.of(file)))
                .hasMessageContaining("no certificate of");
    }

    private static Serial serial(int i) {
        return Serial.of(
                BigInteger.valueOf(i + 1L).shiftLeft(i >= 65_536 ? 120 : i % 2 == 0 ? 8 : 64));
    }

    private SerialListReader.Lists read(String text) throws IOException {
        return SerialListReader.read(Files.writeString(folder.resolve("list.csv"), text));
    }
}

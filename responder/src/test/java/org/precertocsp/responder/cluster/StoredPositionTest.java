package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.der.ByteString;

final class StoredPositionTest {
    private static final ReaderPosition AT =
            new ReaderPosition(2, 7, Optional.of("a"), 42, TestRecords.DIGEST, Optional.empty());
    private static final ByteString LOG = ByteString.ofHex("0123456789abcdef0123456789abcdef");

    /// Generation 2, epoch 7, change 42, offset 1,000.
    private static final String FIXED =
            "0000000000000002"
                    + "0000000000000007"
                    + "000000000000002a"
                    + TestRecords.DIGEST.toHex()
                    + "00000000000003e8";

    @Test
    void a_position_comes_back_with_its_log() throws Exception {
        StoredPosition position = new StoredPosition(AT, Optional.of(LOG), 1_000);

        assertThat(position.encode().toHex()).isEqualTo("02" + FIXED + LOG.toHex() + "61");
        assertThat(StoredPosition.decode(position.encode())).isEqualTo(position);
    }

    @Test
    void a_position_of_nobody_in_no_log_comes_back() throws Exception {
        assertThat(StoredPosition.decode(StoredPosition.START.encode()))
                .isEqualTo(StoredPosition.START);
    }

    @Test
    void the_first_format_does_not_know_its_log() throws Exception {
        StoredPosition position = new StoredPosition(AT, Optional.empty(), 1_000);

        assertThat(StoredPosition.decode(ByteString.ofHex("01" + FIXED + "61")))
                .isEqualTo(position);
        assertThat(StoredPosition.decode(position.encode())).isEqualTo(position);
    }

    @Test
    void what_is_short_or_of_a_later_format_is_refused() {
        for (String bytes :
                new String[] {
                    "",
                    "01",
                    "01" + FIXED.substring(2),
                    "02" + FIXED,
                    "02" + FIXED + LOG.toHex().substring(2),
                    "03" + FIXED + LOG.toHex()
                }) {
            assertThatThrownBy(() -> StoredPosition.decode(ByteString.ofHex(bytes)))
                    .as(bytes)
                    .isInstanceOf(InvalidRecordException.class)
                    .hasMessageContaining("the stored position cannot be read");
        }
    }
}

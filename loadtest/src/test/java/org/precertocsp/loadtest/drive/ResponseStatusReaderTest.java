package org.precertocsp.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseStatusReaderTest {
    @ParameterizedTest
    @CsvSource({
        "30030a0101, 1",
        "30030a0102, 2",
        "30030a0103, 3",
        "30030a0106, 6",
        "30050a0100a000, 0"
    })
    void status_is_read_whatever_follows_it(String der, int status) {
        assertThat(status(der)).isEqualTo(status);
    }

    @Test
    void lengths_of_one_two_and_three_bytes_are_understood() {
        assertThat(status("3081800a0100" + "00".repeat(0x80 - 3))).isZero();
        assertThat(status("308201000a0100" + "00".repeat(0x100 - 3))).isZero();
        assertThat(status("30830100000a0100" + "00".repeat(0x10000 - 3))).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Nothing, and too little for a status.
                "",
                "30030a01",
                // Another tag, another type of status, a status of two bytes.
                "31030a0101",
                "3003020101",
                "30040a020101",
                // Cut short, with something behind it, and of indefinite length.
                "30050a0100a0",
                "30030a010100",
                "30800a01010000",
                // A length of four bytes, and one that says there is more than there is.
                "3084000000030a0101",
                "3082ffff0a0101"
            })
    void what_is_no_whole_ocsp_response_is_malformed(String der) {
        assertThat(status(der)).isEqualTo(ResponseStatusReader.MALFORMED);
    }

    @Test
    void it_is_read_from_where_the_body_lies() {
        byte[] around = HexFormat.of().parseHex("ffff30030a0106ffff");

        assertThat(new ResponseStatusReader().read(around, 2, 5))
                .isEqualTo(ResponseStatusReader.UNAUTHORIZED);
    }

    private static int status(String hex) {
        byte[] der = HexFormat.of().parseHex(hex);
        return new ResponseStatusReader().read(der, 0, der.length);
    }
}

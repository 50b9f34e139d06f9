package org.precertocsp.signer;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Writes DER by hand, so that what Bouncy Castle wrote is compared with something else than Bouncy
/// Castle.
final class Der {
    private Der() {}

    /// An element in hexadecimal: tag, length, and the contents one after another.
    static String tlv(String tag, String... contents) {
        String content = String.join("", contents);
        int length = content.length() / 2;
        String header =
                length < 0x80
                        ? "%02x".formatted(length)
                        : length < 0x100 ? "81%02x".formatted(length) : "82%04x".formatted(length);
        return tag + header + content;
    }

    static String time(String digits) {
        return tlv(
                "18", HexFormat.of().formatHex((digits + "Z").getBytes(StandardCharsets.US_ASCII)));
    }
}

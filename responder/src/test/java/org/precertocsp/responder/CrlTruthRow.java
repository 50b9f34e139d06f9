package org.precertocsp.responder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;

/// What a real CRL says of a real certificate.
///
/// @param issuer file of the issuer's certificate, relative to the vectors
/// @param certificate file of the certificate or precertificate
record CrlTruthRow(
        String crl, String issuer, String certificate, Serial serial, Expected expected) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

    /// @param revoked empty for good
    record Expected(Optional<Instant> revoked, Optional<RevocationReason> reason) {
        static Expected good() {
            return new Expected(Optional.empty(), Optional.empty());
        }
    }

    static List<CrlTruthRow> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .skip(1)
                .map(line -> of(line.split(",", -1)))
                .toList();
    }

    private static CrlTruthRow of(String[] cells) {
        boolean revoked = cells[8].equals("revoked");
        return new CrlTruthRow(
                cells[0],
                cells[4],
                cells[5],
                Serial.ofDerContent(HexFormat.of().parseHex(cells[7])),
                revoked
                        ? new Expected(Optional.of(time(cells[9])), reason(cells[10]))
                        : Expected.good());
    }

    private static Optional<RevocationReason> reason(String text) {
        return text.isEmpty() ? Optional.empty() : RevocationReason.ofText(text);
    }

    /// UTCTime has a year of two digits: 50 to 99 are of the last century (RFC 5280 §4.1.2.5.1).
    private static Instant time(String text) {
        String full = text;
        if (text.length() == 13) {
            full = (Integer.parseInt(text.substring(0, 2)) < 50 ? "20" : "19") + text;
        }
        return LocalDateTime.parse(full, TIME).toInstant(ZoneOffset.UTC);
    }
}

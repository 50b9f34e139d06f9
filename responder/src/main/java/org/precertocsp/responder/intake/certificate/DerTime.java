package org.precertocsp.responder.intake.certificate;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// UTCTime and GeneralizedTime of certificates (RFC 5280 §4.1.2.5), in the forms old CAs wrote too:
/// seconds left out, or an offset in place of `Z`.
final class DerTime {
    private static final Pattern UTC =
            Pattern.compile("(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)?(Z|[+-]\\d{4})");
    private static final Pattern GENERALIZED =
            Pattern.compile(
                    "(\\d{4})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)?(?:\\.\\d+)?(Z|[+-]\\d{4})");

    private static final int UTC_TAG = 0x17;
    private static final int GENERALIZED_TAG = 0x18;

    /// When the certificate begins; empty where that cannot be read.
    static Optional<Instant> notBefore(RawCertificate certificate) {
        return part(certificate, 0);
    }

    /// When the certificate ends; empty where that cannot be read.
    static Optional<Instant> notAfter(RawCertificate certificate) {
        return part(certificate, 1);
    }

    private static Optional<Instant> part(RawCertificate certificate, int index) {
        try {
            List<DerElement> times = certificate.validity().children();
            return times.size() == 2 ? read(times.get(index)) : Optional.empty();
        } catch (MalformedDer | DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> read(DerElement time) {
        String text = new String(time.content().toArray(), StandardCharsets.ISO_8859_1);
        return switch (time.tag()) {
            case UTC_TAG -> read(UTC.matcher(text), 2);
            case GENERALIZED_TAG -> read(GENERALIZED.matcher(text), 4);
            default -> Optional.empty();
        };
    }

    private static Optional<Instant> read(Matcher time, int yearDigits) {
        if (!time.matches()) {
            return Optional.empty();
        }
        int year = number(time.group(1));
        if (yearDigits == 2) {
            year += year < 50 ? 2000 : 1900; // RFC 5280 §4.1.2.5.1
        }
        String seconds = time.group(6);
        LocalDateTime local =
                LocalDateTime.of(
                        year,
                        number(time.group(2)),
                        number(time.group(3)),
                        number(time.group(4)),
                        number(time.group(5)),
                        seconds == null ? 0 : number(seconds));
        String zone = time.group(7);
        return Optional.of(local.toInstant("Z".equals(zone) ? ZoneOffset.UTC : offset(zone)));
    }

    private static ZoneOffset offset(String zone) {
        return ZoneOffset.of(zone);
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }

    private DerTime() {}
}

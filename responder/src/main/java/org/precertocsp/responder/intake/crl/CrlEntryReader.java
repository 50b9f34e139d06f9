package org.precertocsp.responder.intake.crl;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.Asn1Time;

/// Reads one entry. A serial that can be read is listed, whatever else is wrong with the entry:
/// reason, date and extensions only add to that, and one that cannot be understood is left out with
/// a remark.
///
/// By hand rather than by Bouncy Castle, since a CRL has a million of them.
final class CrlEntryReader {
    private static final String REASON_CODE = "2.5.29.21";
    private static final int LAST_OF_REASON_CODE = 21;
    private static final String HOLD_INSTRUCTION = "2.5.29.23";
    private static final String INVALIDITY_DATE = "2.5.29.24";
    private static final String CERTIFICATE_ISSUER = "2.5.29.29";
    private static final int MAX_REMARKS = 8;

    private final DerSlice entry;
    private final long offset;
    private int reason = CrlEntry.NO_REASON;
    private Optional<Instant> at = Optional.empty();
    private Optional<Instant> invalidityDate = Optional.empty();
    private Optional<Octets> certificateIssuer = Optional.empty();
    private List<String> remarks = List.of();

    private CrlEntryReader(DerSlice entry, long offset) {
        this.entry = entry;
        this.offset = offset;
    }

    /// @param content of the entry's SEQUENCE, or its beginning
    static CrlEntry read(byte[] content, DerInput.Header header, int version) {
        return new CrlEntryReader(new DerSlice(content, header.content()), header.start())
                .read(version);
    }

    private CrlEntry read(int version) {
        Serial serial;
        try {
            serial = serial(entry.next(DerInput.INTEGER, "a serial"));
        } catch (DerSlice.Malformed | InvalidSerial e) {
            return new CrlEntry.Unusable(
                    offset, "an entry whose serial cannot be read: " + e.getMessage());
        }
        try {
            rest(version);
        } catch (DerSlice.Malformed e) {
            remark("the rest of the entry cannot be read: " + e.getMessage());
        }
        return new CrlEntry.Revoked(
                offset, serial, at, reason, invalidityDate, certificateIssuer, remarks);
    }

    private void rest(int version) throws DerSlice.Malformed {
        entry.next();
        if (isTime(entry)) {
            at = readable(entry, "revocationDate");
            if (!entry.more()) {
                return;
            }
            entry.next();
        } else if (entry.tag() != DerInput.SEQUENCE) {
            remark("a revocationDate expected, found tag 0x%02x".formatted(entry.tag()));
            if (!entry.more()) {
                return;
            }
            entry.next();
        }
        if (version < 2) {
            remark("entry extensions in a version 1 CRL (RFC 5280 §5.1.2.1)");
        }
        if (entry.tag() != DerInput.SEQUENCE) {
            throw entry.malformed("entry extensions expected");
        }
        extensions(entry.inside());
        entry.expectEnd();
    }

    /// A number says which certificate is meant, even where DER would write it shorter.
    private Serial serial(DerSlice integer) throws InvalidSerial {
        byte[] octets = integer.octets();
        int start = integer.offset();
        int length = integer.length();
        while (length > 1 && isPadding(octets[start], octets[start + 1])) {
            start++;
            length--;
        }
        if (length < integer.length()) {
            remark("the serial has more octets than it needs");
        }
        return Serial.ofDerContent(octets, start, length);
    }

    private static boolean isPadding(byte first, byte second) {
        return (first == 0 && second >= 0) || (first == -1 && second < 0);
    }

    private Optional<Instant> readable(DerSlice time, String what) {
        try {
            return Optional.of(time(time));
        } catch (DateTimeException | DerSlice.Malformed e) {
            remark("%s '%s' is no time: %s".formatted(what, text(time), e.getMessage()));
            return Optional.empty();
        }
    }

    static boolean isTime(DerSlice element) {
        return element.tag() == DerInput.UTC_TIME || element.tag() == DerInput.GENERALIZED_TIME;
    }

    /// @throws DateTimeException if its text is no time
    static Instant time(DerSlice time) throws DerSlice.Malformed {
        return switch (time.tag()) {
            case DerInput.UTC_TIME -> Asn1Time.utcTime(time.octets(), time.offset(), time.length());
            case DerInput.GENERALIZED_TIME ->
                    Asn1Time.generalizedTime(time.octets(), time.offset(), time.length());
            default ->
                    throw time.malformed("a time expected, found tag 0x%02x".formatted(time.tag()));
        };
    }

    private static String text(DerSlice element) {
        int shown = Math.min(element.length(), 32);
        String text =
                new String(element.octets(), element.offset(), shown, StandardCharsets.US_ASCII);
        return text.replaceAll("\\P{Print}", "?");
    }

    private void extensions(DerSlice list) throws DerSlice.Malformed {
        // Nearly all entries have one.
        Set<String> seen = Set.of();
        while (list.more()) {
            DerSlice extension = list.next(DerInput.SEQUENCE, "an extension").inside();
            try {
                seen = extension(extension, seen);
            } catch (DerSlice.Malformed e) {
                remark("an extension cannot be read and is left out: " + e.getMessage());
            }
        }
    }

    private Set<String> extension(DerSlice extension, Set<String> before)
            throws DerSlice.Malformed {
        String oid = oid(extension.next(DerInput.OBJECT_IDENTIFIER, "an extension's identifier"));
        DerSlice value = extension.next();
        boolean critical = value.tag() == DerInput.BOOLEAN;
        if (critical) {
            critical = value.length() != 1 || value.octets()[value.offset()] != 0;
            value = extension.next();
        }
        if (value.tag() != DerInput.OCTET_STRING) {
            throw value.malformed("the value of extension " + oid + " expected");
        }
        if (before.contains(oid)) {
            remark("extension " + oid + " occurs twice (RFC 5280 §4.2): the first counts");
            return before;
        }
        Set<String> seen = before;
        if (before.isEmpty()) {
            seen = Set.of(oid);
        } else {
            seen = before.size() == 1 ? new HashSet<>(before) : before;
            seen.add(oid);
        }
        understand(oid, critical, value);
        return seen;
    }

    private void understand(String oid, boolean critical, DerSlice value) {
        switch (oid) {
            case REASON_CODE -> reason = reasonCode(value.inside());
            case INVALIDITY_DATE -> invalidityDate = invalidityDate(value.inside());
            case HOLD_INSTRUCTION -> {
                // Obsolete advice on how to treat a hold (RFC 5280 leaves it out): status is the
                // same.
            }
            case CERTIFICATE_ISSUER -> certificateIssuer = Optional.of(Octets.of(value.content()));
            default -> {
                if (critical) {
                    remark(
                            "unknown critical extension %s (CR-17): the serial is listed all the same"
                                    .formatted(oid));
                }
            }
        }
    }

    private int reasonCode(DerSlice value) {
        String problem;
        try {
            value.next(DerInput.ENUMERATED, "a reasonCode");
            value.expectEnd();
            int code = value.length() == 1 ? value.octets()[value.offset()] : CrlEntry.NO_REASON;
            if (value.length() == 1 && RevocationReason.ofCode(code).isPresent()) {
                return code;
            }
            problem =
                    value.length() == 1
                            ? "reasonCode %d does not exist".formatted(code)
                            : "a reasonCode of %d octets".formatted(value.length());
        } catch (DerSlice.Malformed e) {
            problem = "the reasonCode cannot be read: " + e.getMessage();
        }
        remark(problem + " (CR-08, CR-09): the reason is left out");
        return CrlEntry.NO_REASON;
    }

    private Optional<Instant> invalidityDate(DerSlice value) {
        try {
            Optional<Instant> date = readable(value.next(), "invalidityDate");
            value.expectEnd();
            return date;
        } catch (DerSlice.Malformed e) {
            remark("the invalidityDate cannot be read and is left out: " + e.getMessage());
            return Optional.empty();
        }
    }

    static String oid(DerSlice identifier) throws DerSlice.Malformed {
        if (!isTwoFiveTwentyNine(identifier)) {
            return dotted(identifier);
        }
        byte last = identifier.octets()[identifier.offset() + 2];
        return last == LAST_OF_REASON_CODE ? REASON_CODE : "2.5.29." + last;
    }

    private static boolean isTwoFiveTwentyNine(DerSlice identifier) {
        byte[] octets = identifier.octets();
        int at = identifier.offset();
        return identifier.length() == 3
                && octets[at] == 0x55
                && octets[at + 1] == 0x1d
                && octets[at + 2] >= 0;
    }

    private static String dotted(DerSlice identifier) throws DerSlice.Malformed {
        try {
            return ASN1ObjectIdentifier.fromContents(identifier.content()).getId();
        } catch (IllegalArgumentException e) {
            throw identifier.malformed("an object identifier that is none");
        }
    }

    private void remark(@Nullable String what) {
        if (remarks.isEmpty()) {
            remarks = new ArrayList<>();
        }
        if (what != null && remarks.size() < MAX_REMARKS) {
            remarks.add(what);
        }
    }
}

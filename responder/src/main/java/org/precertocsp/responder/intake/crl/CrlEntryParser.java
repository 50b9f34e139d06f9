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
import org.precertocsp.der.Asn1Time;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerHeader;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;

/// Parses one entry. A serial that can be read is listed, whatever else is wrong with the entry:
/// reason, date and extensions only add to that, and a part that cannot be understood is left out
/// with a remark.
///
/// Without Bouncy Castle, since a CRL may have a million entries.
final class CrlEntryParser {
    private static final String REASON_CODE = "2.5.29.21";
    private static final int LAST_OF_REASON_CODE = 21;
    private static final String HOLD_INSTRUCTION = "2.5.29.23";
    private static final String INVALIDITY_DATE = "2.5.29.24";
    private static final String CERTIFICATE_ISSUER = "2.5.29.29";
    private static final int MAX_REMARKS = 8;

    private final DerReader entry;
    private final long offset;
    private int reason = CrlEntry.NO_REASON;
    private Optional<Instant> at = Optional.empty();
    private Optional<Instant> invalidityDate = Optional.empty();
    private Optional<ByteString> certificateIssuer = Optional.empty();
    private List<String> remarks = List.of();

    private CrlEntryParser(DerReader entry, long offset) {
        this.entry = entry;
        this.offset = offset;
    }

    /// @param content of the entry's SEQUENCE, or its beginning
    static CrlEntry read(byte[] content, DerHeader header, int version) {
        return new CrlEntryParser(DerReader.lenient(content, header.content()), header.start())
                .read(version);
    }

    private CrlEntry read(int version) {
        Serial serial;
        try {
            entry.next(DerTag.INTEGER, "a serial");
            serial = serial();
        } catch (MalformedDerException | InvalidSerialException e) {
            return new CrlEntry.Unusable(
                    offset, "an entry whose serial cannot be read: " + e.getMessage());
        }
        try {
            rest(version);
        } catch (MalformedDerException e) {
            remark("the rest of the entry cannot be read: " + e.getMessage());
        }
        return new CrlEntry.Revoked(
                offset, serial, at, reason, invalidityDate, certificateIssuer, remarks);
    }

    private void rest(int version) throws MalformedDerException {
        entry.next();
        if (DerTag.isTime(entry.tag())) {
            at = readable(entry, "revocationDate");
            if (!entry.hasMore()) {
                return;
            }
            entry.next();
        } else if (entry.tag() != DerTag.SEQUENCE) {
            remark("a revocationDate expected, found tag 0x%02x".formatted(entry.tag()));
            if (!entry.hasMore()) {
                return;
            }
            entry.next();
        }
        if (version < 2) {
            remark("entry extensions in a version 1 CRL (RFC 5280 §5.1.2.1)");
        }
        if (entry.tag() != DerTag.SEQUENCE) {
            throw entry.malformed("entry extensions expected");
        }
        extensions(entry.inside());
        entry.expectEnd("an entry");
    }

    /// The number identifies the certificate, even if DER would encode it shorter.
    private Serial serial() throws InvalidSerialException {
        byte[] bytes = entry.source();
        int start = entry.contentStart();
        int length = entry.contentLength();
        while (length > 1 && isPadding(bytes[start], bytes[start + 1])) {
            start++;
            length--;
        }
        if (length < entry.contentLength()) {
            remark("the serial has more bytes than it needs");
        }
        return Serial.ofDerContent(bytes, start, length);
    }

    private static boolean isPadding(byte first, byte second) {
        return (first == 0 && second >= 0) || (first == -1 && second < 0);
    }

    private Optional<Instant> readable(DerReader time, String what) {
        try {
            return Optional.of(
                    Asn1Time.parse(
                            time.tag(), time.source(), time.contentStart(), time.contentLength()));
        } catch (DateTimeException e) {
            remark("%s '%s' is not a time: %s".formatted(what, text(time), e.getMessage()));
            return Optional.empty();
        }
    }

    private static String text(DerReader element) {
        int shown = Math.min(element.contentLength(), 32);
        String text =
                new String(
                        element.source(), element.contentStart(), shown, StandardCharsets.US_ASCII);
        return text.replaceAll("\\P{Print}", "?");
    }

    private void extensions(DerReader list) throws MalformedDerException {
        // Sized for one extension, as nearly all entries have.
        Set<String> seen = Set.of();
        while (list.hasMore()) {
            DerReader extension = list.inside(DerTag.SEQUENCE, "an extension");
            try {
                seen = extension(extension, seen);
            } catch (MalformedDerException e) {
                remark("an extension cannot be read and is left out: " + e.getMessage());
            }
        }
    }

    private Set<String> extension(DerReader extension, Set<String> before)
            throws MalformedDerException {
        extension.next(DerTag.OBJECT_IDENTIFIER, "an extension's identifier");
        String oid = oid(extension);
        boolean critical = isCritical(extension);
        extension.next();
        if (extension.tag() != DerTag.OCTET_STRING) {
            throw extension.malformed("the value of extension " + oid + " expected");
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
        understand(oid, critical, extension);
        return seen;
    }

    /// Reads the flag, if it comes next. A value that is neither TRUE nor FALSE does not count as
    /// FALSE.
    static boolean isCritical(DerReader extension) throws MalformedDerException {
        return extension.nextIf(DerTag.BOOLEAN) && !extension.contentIs((byte) 0);
    }

    private void understand(String oid, boolean critical, DerReader value) {
        switch (oid) {
            case REASON_CODE -> reason = reasonCode(value.inside());
            case INVALIDITY_DATE -> invalidityDate = invalidityDate(value.inside());
            case HOLD_INSTRUCTION -> {
                // Obsolete instruction on how to treat a hold (RFC 5280 omits it): the status is
                // the same.
            }
            case CERTIFICATE_ISSUER -> certificateIssuer = Optional.of(value.content());
            default -> {
                if (critical) {
                    remark(
                            "unknown critical extension %s (CR-17): the serial is listed all the same"
                                    .formatted(oid));
                }
            }
        }
    }

    private int reasonCode(DerReader value) {
        String problem;
        try {
            value.next(DerTag.ENUMERATED, "a reasonCode");
            value.expectEnd("the extension");
            int length = value.contentLength();
            int code = length == 1 ? (byte) value.contentAt(0) : CrlEntry.NO_REASON;
            if (length == 1 && RevocationReason.ofCode(code).isPresent()) {
                return code;
            }
            problem =
                    length == 1
                            ? "reasonCode %d does not exist".formatted(code)
                            : "a reasonCode of %d bytes".formatted(length);
        } catch (MalformedDerException e) {
            problem = "the reasonCode cannot be read: " + e.getMessage();
        }
        remark(problem + " (CR-08, CR-09): the reason is left out");
        return CrlEntry.NO_REASON;
    }

    private Optional<Instant> invalidityDate(DerReader value) {
        try {
            value.next();
            Optional<Instant> date = readable(value, "invalidityDate");
            value.expectEnd("the extension");
            return date;
        } catch (MalformedDerException e) {
            remark("the invalidityDate cannot be read and is left out: " + e.getMessage());
            return Optional.empty();
        }
    }

    static String oid(DerReader identifier) throws MalformedDerException {
        if (!isTwoFiveTwentyNine(identifier)) {
            return dotted(identifier);
        }
        int last = identifier.contentAt(2);
        return last == LAST_OF_REASON_CODE ? REASON_CODE : "2.5.29." + last;
    }

    private static boolean isTwoFiveTwentyNine(DerReader identifier) {
        return identifier.contentLength() == 3
                && identifier.contentAt(0) == 0x55
                && identifier.contentAt(1) == 0x1d
                && identifier.contentAt(2) < 0x80;
    }

    private static String dotted(DerReader identifier) throws MalformedDerException {
        try {
            return ASN1ObjectIdentifier.fromContents(identifier.contentBytes()).getId();
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

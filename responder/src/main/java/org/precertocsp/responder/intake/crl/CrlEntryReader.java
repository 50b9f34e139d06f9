package org.precertocsp.responder.intake.crl;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.Asn1Time;
import org.precertocsp.responder.intake.FeedRefused;

/// Reads one entry. Throws for what spoils the whole CRL; what spoils only this entry makes it
/// [CrlEntry.Unusable].
///
/// By hand rather than by Bouncy Castle, since a CRL has a million of them and each is read twice.
final class CrlEntryReader {
    private static final String REASON_CODE = "2.5.29.21";
    private static final int LAST_OF_REASON_CODE = 21;
    private static final String HOLD_INSTRUCTION = "2.5.29.23";
    private static final String INVALIDITY_DATE = "2.5.29.24";
    private static final String CERTIFICATE_ISSUER = "2.5.29.29";

    private final DerSlice entry;
    private final long offset;
    private int reason = CrlEntry.NO_REASON;
    private Optional<Instant> invalidityDate = Optional.empty();
    private @Nullable String problem;

    private CrlEntryReader(DerSlice entry, long offset) {
        this.entry = entry;
        this.offset = offset;
    }

    /// @param content of the entry's SEQUENCE
    /// @throws FeedRefused the CRL is malformed or must not be used (CR-16, CR-17)
    static CrlEntry read(byte[] content, DerInput.Header header, int version) throws FeedRefused {
        return new CrlEntryReader(new DerSlice(content, header.content()), header.start())
                .read(version);
    }

    private CrlEntry read(int version) throws FeedRefused {
        Serial serial = serial(entry.next(DerInput.INTEGER, "a serial"));
        Instant at = time(entry.next(), "revocationDate");
        if (entry.more()) {
            if (version < 2) {
                throw entry.malformed("entry extensions in a version 1 CRL (RFC 5280 §5.1.2.1)");
            }
            extensions(entry.next(DerInput.SEQUENCE, "entry extensions").inside());
        }
        entry.expectEnd();
        if (problem != null || serial == null || at == null) {
            return new CrlEntry.Unusable(offset, String.valueOf(problem));
        }
        return new CrlEntry.Revoked(offset, serial, at, reason, invalidityDate);
    }

    private @Nullable Serial serial(DerSlice integer) {
        try {
            return Serial.ofDerContent(integer.octets(), integer.offset(), integer.length());
        } catch (InvalidSerial e) {
            problem(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable Instant time(DerSlice time, String what) throws FeedRefused {
        try {
            return time(time);
        } catch (DateTimeException e) {
            String text = text(time);
            problem(what + " '" + text + "' is not a time: " + e.getMessage());
            return null;
        }
    }

    /// @throws DateTimeException if its text is no time
    static Instant time(DerSlice time) throws FeedRefused {
        return switch (time.tag()) {
            case DerInput.UTC_TIME -> Asn1Time.utcTime(time.octets(), time.offset(), time.length());
            case DerInput.GENERALIZED_TIME ->
                    Asn1Time.generalizedTime(time.octets(), time.offset(), time.length());
            default -> throw time.malformed("a time expected");
        };
    }

    private static String text(DerSlice element) {
        int shown = Math.min(element.length(), 32);
        String text =
                new String(element.octets(), element.offset(), shown, StandardCharsets.US_ASCII);
        return text.replaceAll("\\P{Print}", "?");
    }

    private void extensions(DerSlice list) throws FeedRefused {
        // Nearly all entries have one.
        Set<String> seen = Set.of();
        while (list.more()) {
            DerSlice extension = list.next(DerInput.SEQUENCE, "an extension").inside();
            String oid =
                    oid(extension.next(DerInput.OBJECT_IDENTIFIER, "an extension's identifier"));
            DerSlice value = extension.next();
            boolean critical = value.tag() == DerInput.BOOLEAN;
            if (critical) {
                critical = value.length() != 1 || value.octets()[value.offset()] != 0;
                value = extension.next();
            }
            if (value.tag() != DerInput.OCTET_STRING) {
                throw value.malformed("an extension's value expected");
            }
            if (seen.contains(oid)) {
                problem("extension " + oid + " occurs twice (RFC 5280 §4.2)");
            } else if (seen.isEmpty()) {
                seen = Set.of(oid);
            } else {
                seen = seen.size() == 1 ? new HashSet<>(seen) : seen;
                seen.add(oid);
            }
            extension(oid, critical, value.inside());
            extension.expectEnd();
        }
    }

    private void extension(String oid, boolean critical, DerSlice value) throws FeedRefused {
        switch (oid) {
            case REASON_CODE -> reasonCode(value);
            case INVALIDITY_DATE ->
                    invalidityDate = Optional.ofNullable(time(value.next(), "invalidityDate"));
            case HOLD_INSTRUCTION -> {
                // Obsolete advice on how to treat a hold (RFC 5280 leaves it out): status is the
                // same.
            }
            case CERTIFICATE_ISSUER ->
                    throw new FeedRefused(
                            ("indirect CRLs are not accepted (CR-16): the entry at offset %d is of"
                                            + " another issuer")
                                    .formatted(offset));
            default -> {
                if (critical) {
                    throw new FeedRefused(
                            ("the entry at offset %d has the unknown critical extension %s: the CRL"
                                            + " must not be used (CR-17)")
                                    .formatted(offset, oid));
                }
            }
        }
    }

    private void reasonCode(DerSlice value) throws FeedRefused {
        value.next(DerInput.ENUMERATED, "a reasonCode");
        if (value.length() != 1) {
            problem("a reasonCode of %d octets (RFC 5280 §5.3.1)".formatted(value.length()));
            return;
        }
        reason = value.octets()[value.offset()];
        if (reason < 0) {
            problem("the reasonCode is negative (RFC 5280 §5.3.1)");
        }
    }

    private static String oid(DerSlice identifier) throws FeedRefused {
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

    private static String dotted(DerSlice identifier) throws FeedRefused {
        byte[] content = new byte[identifier.length()];
        System.arraycopy(identifier.octets(), identifier.offset(), content, 0, content.length);
        try {
            return ASN1ObjectIdentifier.fromContents(content).getId();
        } catch (IllegalArgumentException e) {
            throw identifier.malformed("an object identifier that is none");
        }
    }

    private void problem(String what) {
        if (problem == null) {
            problem = what;
        }
    }
}

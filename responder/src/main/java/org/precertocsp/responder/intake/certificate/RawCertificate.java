package org.precertocsp.responder.intake.certificate;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.precertocsp.der.Asn1Time;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.Serial;

/// A certificate or precertificate split into its fields, with every byte as the CA encoded it.
final class RawCertificate {
    private static final int VERSION_TAG = DerTag.context(0);
    private static final int EXTENSIONS_TAG = DerTag.context(3);
    private static final int MANDATORY_FIELDS = 6;

    /// Maximum length of a name in a message.
    private static final int MAX_NAME = 200;

    private final ByteString der;
    private final DerElement tbs;
    private final DerElement outerAlgorithm;
    private final ByteString signature;
    private final List<DerElement> fields;
    private final int first;
    private final List<RawExtension> extensions;

    private RawCertificate(
            ByteString der, DerElement tbs, DerElement outerAlgorithm, ByteString signature)
            throws MalformedDerException {
        this.der = der;
        this.tbs = tbs;
        this.outerAlgorithm = outerAlgorithm;
        this.signature = signature;
        this.fields = tbs.children();
        this.first = !fields.isEmpty() && fields.getFirst().is(VERSION_TAG) ? 1 : 0;
        checkFields();
        this.extensions = readExtensions();
    }

    static RawCertificate parse(ByteString der) throws MalformedDerException {
        List<DerElement> parts =
                DerElement.of(der).expect(DerTag.SEQUENCE, "certificate").children();
        if (parts.size() != 3) {
            throw new MalformedDerException(
                    "not a certificate: it has " + parts.size() + " parts, not 3");
        }
        return new RawCertificate(
                der,
                parts.get(0).expect(DerTag.SEQUENCE, "TBSCertificate"),
                parts.get(1).expect(DerTag.SEQUENCE, "signature algorithm"),
                parts.get(2).expect(DerTag.BIT_STRING, "signature").bits());
    }

    private void checkFields() throws MalformedDerException {
        if (looksLikeCrl()) {
            throw new MalformedDerException("a CRL, not a certificate: `load crl` reads it");
        }
        if (fields.size() - first < MANDATORY_FIELDS) {
            throw new MalformedDerException("not a certificate: fields are missing");
        }
        fields.get(first).expect(DerTag.INTEGER, "serial number");
        for (int i = first + 1; i < first + MANDATORY_FIELDS; i++) {
            fields.get(i).expect(DerTag.SEQUENCE, "certificate field");
        }
        int last = VERSION_TAG;
        for (DerElement field : fields.subList(first + MANDATORY_FIELDS, fields.size())) {
            // The unique identifiers are primitive.
            int tag = field.tag() | DerTag.CONSTRUCTED;
            if (tag <= last || tag > EXTENSIONS_TAG) {
                throw new MalformedDerException(
                        "an element that is not a field of a certificate", field.start());
            }
            last = tag;
        }
    }

    // Where a CRL has thisUpdate, a certificate has its validity or subject, both sequences.
    private boolean looksLikeCrl() {
        return fields.stream().limit(4).anyMatch(field -> DerTag.isTime(field.tag()));
    }

    private List<RawExtension> readExtensions() throws MalformedDerException {
        Optional<DerElement> field = extensionsField();
        List<RawExtension> found = new ArrayList<>();
        if (field.isPresent()) {
            DerElement list = field.get().onlyChild().expect(DerTag.SEQUENCE, "extensions");
            for (DerElement element : list.children()) {
                found.add(RawExtension.read(element));
            }
        }
        return List.copyOf(found);
    }

    ByteString der() {
        return der;
    }

    /// The signed bytes.
    ByteString tbs() {
        return tbs.encoded();
    }

    /// All fields of the TBSCertificate in order.
    List<DerElement> fields() {
        return List.copyOf(fields);
    }

    /// @throws InvalidSerialException no status can be stored for it
    Serial serial() {
        return Serial.ofDerContent(fields.get(first).content().toArray());
    }

    /// The algorithm covered by the signature; the one beside the signature could be replaced.
    ByteString signatureAlgorithm() {
        return fields.get(first + 1).encoded();
    }

    /// Whether both algorithm fields agree (RFC 5280 §4.1.1.2).
    boolean algorithmsAgree() {
        return fields.get(first + 1).isSame(outerAlgorithm);
    }

    ByteString signature() {
        return signature;
    }

    DerElement issuerField() {
        return fields.get(first + 2);
    }

    ByteString issuerName() {
        return issuerField().encoded();
    }

    /// Two times: notBefore and notAfter.
    DerElement validity() {
        return fields.get(first + 3);
    }

    /// The certificate's notBefore; empty if it cannot be read.
    Optional<Instant> notBefore() {
        return time(0);
    }

    /// The certificate's notAfter; empty if it cannot be read.
    Optional<Instant> notAfter() {
        return time(1);
    }

    private Optional<Instant> time(int index) {
        try {
            List<DerElement> times = validity().children();
            return times.size() == 2
                    ? Optional.of(Asn1Time.parse(times.get(index)))
                    : Optional.empty();
        } catch (MalformedDerException | DateTimeException _) {
            return Optional.empty();
        }
    }

    ByteString subjectName() {
        return fields.get(first + 4).encoded();
    }

    Optional<DerElement> extensionsField() {
        DerElement last = fields.getLast();
        return last.is(EXTENSIONS_TAG) ? Optional.of(last) : Optional.empty();
    }

    List<RawExtension> extensions() {
        return extensions;
    }

    /// @throws MalformedDerException the extension occurs twice (RFC 5280 §4.2), so that it is
    ///   undefined which one counts
    Optional<RawExtension> extension(ByteString oid) throws MalformedDerException {
        List<RawExtension> found = extensions.stream().filter(e -> e.oid().equals(oid)).toList();
        if (found.size() > 1) {
            throw new MalformedDerException("an extension appears twice (RFC 5280 §4.2)");
        }
        return found.stream().findFirst();
    }

    /// True if basicConstraints say so; false also if they cannot be read.
    boolean isCa() {
        try {
            Optional<RawExtension> constraints = extension(RawExtension.BASIC_CONSTRAINTS);
            if (constraints.isEmpty()) {
                return false;
            }
            List<DerElement> parts = constraints.get().value().onlyChild().children();
            return !parts.isEmpty() && parts.getFirst().isTrue();
        } catch (MalformedDerException _) {
            return false;
        }
    }

    boolean isSelfIssued() {
        return issuerName().equals(subjectName());
    }

    String issuer() {
        return readable(issuerName());
    }

    String subject() {
        return readable(subjectName());
    }

    /// A name for a message: shortened, and without characters that control a terminal.
    static String readable(ByteString name) {
        String text;
        try {
            text = X500Name.getInstance(name.toArray()).toString();
        } catch (RuntimeException _) {
            return "a name that cannot be read";
        }
        String safe = text.replaceAll("\\p{Cntrl}", "?");
        return safe.length() <= MAX_NAME ? safe : safe.substring(0, MAX_NAME) + "…";
    }
}

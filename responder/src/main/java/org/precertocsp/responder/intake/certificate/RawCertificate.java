package org.precertocsp.responder.intake.certificate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;

/// A certificate or precertificate cut into its fields, every octet where the CA put it.
final class RawCertificate {
    private static final int VERSION_TAG = 0xa0;
    private static final int EXTENSIONS_TAG = 0xa3;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int MANDATORY_FIELDS = 6;

    /// Longest name repeated in a message.
    private static final int MAX_NAME = 200;

    private final Octets der;
    private final DerElement tbs;
    private final DerElement outerAlgorithm;
    private final Octets signature;
    private final List<DerElement> fields;
    private final int first;
    private final List<RawExtension> extensions;

    private RawCertificate(Octets der, DerElement tbs, DerElement outerAlgorithm, Octets signature)
            throws MalformedDer {
        this.der = der;
        this.tbs = tbs;
        this.outerAlgorithm = outerAlgorithm;
        this.signature = signature;
        this.fields = tbs.children();
        this.first = !fields.isEmpty() && fields.getFirst().is(VERSION_TAG) ? 1 : 0;
        checkFields();
        this.extensions = readExtensions();
    }

    static RawCertificate parse(Octets der) throws MalformedDer {
        List<DerElement> parts =
                DerElement.of(der).expect(DerElement.SEQUENCE, "certificate").children();
        if (parts.size() != 3) {
            throw new MalformedDer("not a certificate: it has " + parts.size() + " parts, not 3");
        }
        return new RawCertificate(
                der,
                parts.get(0).expect(DerElement.SEQUENCE, "TBSCertificate"),
                parts.get(1).expect(DerElement.SEQUENCE, "signature algorithm"),
                parts.get(2).expect(DerElement.BIT_STRING, "signature").bits());
    }

    private void checkFields() throws MalformedDer {
        if (looksLikeCrl()) {
            throw new MalformedDer("a CRL, not a certificate: `load crl` reads it");
        }
        if (fields.size() - first < MANDATORY_FIELDS) {
            throw new MalformedDer("not a certificate: fields are missing");
        }
        fields.get(first).expect(DerElement.INTEGER, "serial number");
        for (int i = first + 1; i < first + MANDATORY_FIELDS; i++) {
            fields.get(i).expect(DerElement.SEQUENCE, "certificate field");
        }
        int last = VERSION_TAG;
        for (DerElement field : fields.subList(first + MANDATORY_FIELDS, fields.size())) {
            int tag = field.tag() | 0x20;
            if (tag <= last || tag > EXTENSIONS_TAG) {
                throw new MalformedDer("no certificate field at octet " + field.start());
            }
            last = tag;
        }
    }

    // Where a CRL has thisUpdate, a certificate has its validity or subject, both sequences.
    private boolean looksLikeCrl() {
        return fields.stream()
                .limit(4)
                .anyMatch(field -> field.is(UTC_TIME) || field.is(GENERALIZED_TIME));
    }

    private List<RawExtension> readExtensions() throws MalformedDer {
        Optional<DerElement> field = extensionsField();
        List<RawExtension> found = new ArrayList<>();
        if (field.isPresent()) {
            DerElement list = field.get().onlyChild().expect(DerElement.SEQUENCE, "extensions");
            for (DerElement element : list.children()) {
                found.add(RawExtension.read(element));
            }
        }
        return List.copyOf(found);
    }

    Octets der() {
        return der;
    }

    /// What the signature is over.
    Octets tbs() {
        return tbs.whole();
    }

    /// All fields of the TBSCertificate in order.
    List<DerElement> fields() {
        return List.copyOf(fields);
    }

    /// @throws InvalidSerial if no status can be kept for it
    Serial serial() {
        return Serial.ofDerContent(fields.get(first).content().toArray());
    }

    /// The algorithm the signature vouches for; the one beside the signature can be exchanged.
    Octets signatureAlgorithm() {
        return fields.get(first + 1).whole();
    }

    /// Whether both algorithm fields agree (RFC 5280 §4.1.1.2).
    boolean algorithmsAgree() {
        return fields.get(first + 1).wholeEquals(outerAlgorithm);
    }

    Octets signature() {
        return signature;
    }

    DerElement issuerField() {
        return fields.get(first + 2);
    }

    Octets issuerName() {
        return issuerField().whole();
    }

    /// Two times: notBefore and notAfter.
    DerElement validity() {
        return fields.get(first + 3);
    }

    Octets subjectName() {
        return fields.get(first + 4).whole();
    }

    Optional<DerElement> extensionsField() {
        DerElement last = fields.getLast();
        return last.is(EXTENSIONS_TAG) ? Optional.of(last) : Optional.empty();
    }

    List<RawExtension> extensions() {
        return extensions;
    }

    /// @throws MalformedDer if the extension is there twice (RFC 5280 §4.2), so that nobody can say
    ///   which one counts
    Optional<RawExtension> extension(Octets oid) throws MalformedDer {
        List<RawExtension> found = extensions.stream().filter(e -> e.oid().equals(oid)).toList();
        if (found.size() > 1) {
            throw new MalformedDer("an extension appears twice (RFC 5280 §4.2)");
        }
        return found.stream().findFirst();
    }

    /// True if basicConstraints say so; false also where they cannot be read.
    boolean isCa() {
        try {
            Optional<RawExtension> constraints = extension(RawExtension.BASIC_CONSTRAINTS);
            if (constraints.isEmpty()) {
                return false;
            }
            List<DerElement> parts = constraints.get().value().onlyChild().children();
            return !parts.isEmpty()
                    && parts.getFirst().is(DerElement.BOOLEAN)
                    && parts.getFirst().contentLength() == 1
                    && parts.getFirst().contentAt(0) != 0;
        } catch (MalformedDer _) {
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

    /// A name for a message: shortened, and without characters that would upset a terminal.
    static String readable(Octets name) {
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

package org.precertocsp.signer;

import java.time.Duration;
import java.util.Optional;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.OctetsWriter;
import org.precertocsp.signer.key.SignatureScheme;

/// The fixed parts of a credential's responses, and how they lie in the store: a format byte, two
/// bytes of [ShownReasons], eight of the retention in seconds, then the DER of each part.
///
/// @param retention as in [ResponseContent]: part of what was signed, so that a profile changed
///   later does not change what is put together again
/// @param responderId with its tag
/// @param algorithm the signature's AlgorithmIdentifier
/// @param certificates with their tag; empty where none are sent
record TemplateParts(
        ShownReasons shown,
        Optional<Duration> retention,
        Octets responderId,
        Octets algorithm,
        Octets certificates) {
    private static final byte FORMAT = 1;
    private static final int RETENTION_AT = 3;
    private static final int PREFIX = RETENTION_AT + Long.BYTES;
    private static final long NO_RETENTION = -1;
    private static final int BY_KEY = DerTag.context(2);

    static TemplateParts of(ResponderCredential credential) {
        ResponseForm form = new ResponseForm(credential);
        return new TemplateParts(
                form.shown(),
                credential.profile().retentionPastExpiry(),
                form.responderIdDer(),
                credential.key().scheme().algorithmIdentifier(),
                form.certificatesDer());
    }

    Octets encode() {
        OctetsWriter out =
                new OctetsWriter(
                        PREFIX + responderId.length() + algorithm.length() + certificates.length());
        out.put(FORMAT);
        out.put(shown.bits() >> 8);
        out.put(shown.bits());
        long seconds = retention.map(Duration::toSeconds).orElse(NO_RETENTION);
        for (int shift = Long.SIZE - 8; shift >= 0; shift -= 8) {
            out.put((int) (seconds >> shift));
        }
        out.put(responderId);
        out.put(algorithm);
        out.put(certificates);
        return out.toOctets();
    }

    /// @throws IllegalArgumentException if the bytes are not what [#encode] writes
    static TemplateParts decode(Octets encoded) {
        if (encoded.length() < PREFIX || encoded.at(0) != FORMAT) {
            throw new IllegalArgumentException("a template opens with format byte " + FORMAT);
        }
        int bits = ((encoded.at(1) & 0xFF) << 8) | (encoded.at(2) & 0xFF);
        DerReader in = DerReader.strict(encoded.toArray(), PREFIX, encoded.length() - PREFIX);
        try {
            TemplateParts parts =
                    new TemplateParts(
                            new ShownReasons(bits),
                            retention(encoded),
                            responderId(in),
                            algorithm(in),
                            certificates(in));
            in.expectEnd("a template");
            return parts;
        } catch (MalformedDerException | CertificateProblem e) {
            throw new IllegalArgumentException("no template: " + e.getMessage(), e);
        }
    }

    private static Optional<Duration> retention(Octets encoded) {
        long seconds = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            seconds = (seconds << 8) | (encoded.at(RETENTION_AT + i) & 0xFF);
        }
        return seconds == NO_RETENTION
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(seconds));
    }

    private static Octets responderId(DerReader in) throws MalformedDerException {
        DerReader content = in.inside(BY_KEY, "responderID");
        content.next(DerTag.OCTET_STRING, "KeyHash");
        int hash = HashAlgorithm.SHA1.length();
        if (content.contentLength() != hash) {
            throw new IllegalArgumentException(
                    "a responder's key hash has not %d bytes".formatted(hash));
        }
        content.expectEnd("responderID");
        return in.encoded();
    }

    private static Octets algorithm(DerReader in) throws MalformedDerException {
        in.next(DerTag.SEQUENCE, "signatureAlgorithm");
        Octets found = in.encoded();
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (scheme.algorithmIdentifier().equals(found)) {
                return found;
            }
        }
        throw new IllegalArgumentException("unknown signature algorithm " + found);
    }

    /// None, or one certificate that can be read.
    private static Octets certificates(DerReader in)
            throws MalformedDerException, CertificateProblem {
        if (!in.hasMore()) {
            return Octets.of();
        }
        DerReader tagged = in.inside(DerTag.context(0), "certs");
        DerReader list = tagged.inside(DerTag.SEQUENCE, "certs");
        tagged.expectEnd("certs");
        list.next(DerTag.SEQUENCE, "a certificate");
        DelegateCertificate.parse(list.encoded());
        list.expectEnd("certs");
        return in.encoded();
    }
}

package org.precertocsp.signer;

import static org.precertocsp.der.DerWriter.elementLength;

import java.time.Duration;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.ByteStringWriter;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.CertIdEncoder;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.key.SignatureScheme;

/// The bytes that all responses of one credential have in common: with times, status and signature
/// it assembles the response again, without the credential. Thread-safe.
///
/// Bouncy Castle encodes the fixed parts once per credential. Assembling a response then means
/// computing lengths and copying bytes into one array, since encoding it from objects takes half as
/// long as signing it.
public final class ResponseTemplate {
    private static final ByteString SUCCESSFUL = ResponseEncoder.successful();
    private static final ByteString BASIC = ResponseEncoder.basicType();

    private final ByteString encoded;
    private final ByteString id;
    private final TemplateParts parts;

    private ResponseTemplate(ByteString encoded, TemplateParts parts) {
        this.encoded = encoded;
        this.id = HashAlgorithm.SHA256.hash(encoded);
        this.parts = parts;
    }

    static ResponseTemplate of(ResponderCredential credential) {
        TemplateParts parts = TemplateParts.of(credential);
        return new ResponseTemplate(parts.encode(), parts);
    }

    /// Decodes the result of [#encoded].
    ///
    /// @throws IllegalArgumentException if the bytes are not a template of a known format
    public static ResponseTemplate decode(ByteString encoded) {
        return new ResponseTemplate(encoded, TemplateParts.decode(encoded));
    }

    /// For the store; begins with a format byte.
    public ByteString encoded() {
        return encoded;
    }

    /// SHA-256 of [#encoded]: equal for equal credentials, in every process.
    public ByteString id() {
        return id;
    }

    /// Assembles a response again (RP-*), as Bouncy Castle would encode it.
    ///
    /// @param window as signed
    /// @throws IllegalArgumentException if a time is outside the years 0 to 9999
    public SignedResponse assemble(
            SingleResponseContent answer, ValidityWindow window, ByteString signature) {
        SingleResponseEncoder single = single(answer, window);
        Frame frame = frame(elementLength(dataContent(single)), signature.length());
        DerWriter out = new DerWriter(frame.length());
        frame.open(out);
        writeData(single, out);
        frame.close(out, signature);
        return signed(out.toByteString(), window, signature);
    }

    TemplateParts parts() {
        return parts;
    }

    /// Whether this template fits the content: one CertID, no nonce, and the retention of the
    /// credential's own profile.
    boolean fits(ResponseContent content) {
        return content.answers().size() == 1
                && content.nonce().isEmpty()
                && content.retention().equals(parts.retention());
    }

    /// The ResponseData to be signed, in an array that the caller owns.
    byte[] data(SingleResponseContent answer, ValidityWindow window) {
        SingleResponseEncoder single = single(answer, window);
        DerWriter out = new DerWriter(elementLength(dataContent(single)));
        writeData(single, out);
        return out.toArray();
    }

    /// The response around the result of [#data] and its signature.
    SignedResponse response(byte[] data, ValidityWindow window, ByteString signature) {
        Frame frame = frame(data.length, signature.length());
        DerWriter out = new DerWriter(frame.length());
        frame.open(out);
        out.raw(data);
        frame.close(out, signature);
        return signed(out.toByteString(), window, signature);
    }

    private SingleResponseEncoder single(SingleResponseContent answer, ValidityWindow window) {
        return new SingleResponseEncoder(answer, window, parts.shown(), parts.retention());
    }

    private int dataContent(SingleResponseEncoder single) {
        return parts.responderId().length()
                + DerWriter.TIME_LENGTH
                + elementLength(single.length());
    }

    /// producedAt equals thisUpdate (HT-09).
    private void writeData(SingleResponseEncoder single, DerWriter out) {
        out.header(DerTag.SEQUENCE, dataContent(single));
        out.raw(parts.responderId());
        out.time(single.window().thisUpdate());
        out.header(DerTag.SEQUENCE, single.length());
        single.write(out);
    }

    private Frame frame(int data, int signature) {
        return new Frame(parts, data, signature);
    }

    private SignedResponse signed(ByteString der, ValidityWindow window, ByteString signature) {
        return new SignedResponse(
                der,
                window.thisUpdate(),
                window,
                Optional.of(new SignedResponse.Essence(this, signature)));
    }

    /// The bytes around the ResponseData.
    ///
    /// @param data bytes of the ResponseData
    /// @param signature bytes of the signature
    private record Frame(TemplateParts parts, int data, int signature) {
        int length() {
            return elementLength(whole());
        }

        void open(DerWriter out) {
            out.header(DerTag.SEQUENCE, whole());
            out.raw(SUCCESSFUL);
            out.header(DerTag.context(0), elementLength(bytes()));
            out.header(DerTag.SEQUENCE, bytes());
            out.raw(BASIC);
            out.header(DerTag.OCTET_STRING, elementLength(basic()));
            out.header(DerTag.SEQUENCE, basic());
        }

        void close(DerWriter out, ByteString made) {
            out.raw(parts.algorithm());
            out.header(DerTag.BIT_STRING, 1 + signature);
            // No unused bits.
            out.raw(0);
            out.raw(made);
            out.raw(parts.certificates());
        }

        private int whole() {
            return SUCCESSFUL.length() + elementLength(elementLength(bytes()));
        }

        private int bytes() {
            return BASIC.length() + elementLength(elementLength(basic()));
        }

        private int basic() {
            return data
                    + parts.algorithm().length()
                    + elementLength(1 + signature)
                    + parts.certificates().length();
        }
    }

    /// The fixed parts of a credential's responses, and their layout in the store: a format byte,
    /// two bytes of [DisclosedReasons], eight of the retention in seconds, then the DER of each
    /// part.
    ///
    /// @param retention as in [ResponseContent]: part of the signed data, so that a later change of
    ///   the profile does not change reassembled responses
    /// @param responderId with its tag
    /// @param algorithm the signature's AlgorithmIdentifier
    /// @param certificates with their tag; empty if none are sent
    record TemplateParts(
            DisclosedReasons shown,
            Optional<Duration> retention,
            ByteString responderId,
            ByteString algorithm,
            ByteString certificates) {
        private static final byte FORMAT = 1;
        private static final int RETENTION_AT = 3;
        private static final int PREFIX = RETENTION_AT + Long.BYTES;
        private static final long NO_RETENTION = -1;
        private static final int BY_KEY = DerTag.context(2);

        static TemplateParts of(ResponderCredential credential) {
            ResponseEncoder form = new ResponseEncoder(credential);
            return new TemplateParts(
                    form.shown(),
                    credential.profile().retentionPastExpiry(),
                    form.responderIdDer(),
                    credential.key().scheme().algorithmIdentifier(),
                    form.certificatesDer());
        }

        ByteString encode() {
            ByteStringWriter out =
                    new ByteStringWriter(
                            PREFIX
                                    + responderId.length()
                                    + algorithm.length()
                                    + certificates.length());
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
            return out.toByteString();
        }

        /// @throws IllegalArgumentException if the bytes are not a result of [#encode]
        static TemplateParts decode(ByteString encoded) {
            if (encoded.length() < PREFIX || encoded.at(0) != FORMAT) {
                throw new IllegalArgumentException("a template opens with format byte " + FORMAT);
            }
            int bits = ((encoded.at(1) & 0xFF) << 8) | (encoded.at(2) & 0xFF);
            DerReader in = DerReader.strict(encoded.toArray(), PREFIX, encoded.length() - PREFIX);
            try {
                TemplateParts parts =
                        new TemplateParts(
                                new DisclosedReasons(bits),
                                retention(encoded),
                                responderId(in),
                                algorithm(in),
                                certificates(in));
                in.expectEnd("a template");
                return parts;
            } catch (MalformedDerException | InvalidCertificateException e) {
                throw new IllegalArgumentException("no template: " + e.getMessage(), e);
            }
        }

        private static Optional<Duration> retention(ByteString encoded) {
            long seconds = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                seconds = (seconds << 8) | (encoded.at(RETENTION_AT + i) & 0xFF);
            }
            return seconds == NO_RETENTION
                    ? Optional.empty()
                    : Optional.of(Duration.ofSeconds(seconds));
        }

        private static ByteString responderId(DerReader in) throws MalformedDerException {
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

        private static ByteString algorithm(DerReader in) throws MalformedDerException {
            in.next(DerTag.SEQUENCE, "signatureAlgorithm");
            ByteString found = in.encoded();
            for (SignatureScheme scheme : SignatureScheme.values()) {
                if (scheme.algorithmIdentifier().equals(found)) {
                    return found;
                }
            }
            throw new IllegalArgumentException("unknown signature algorithm " + found);
        }

        /// None, or one certificate that can be decoded.
        private static ByteString certificates(DerReader in)
                throws MalformedDerException, InvalidCertificateException {
            if (!in.hasMore()) {
                return ByteString.of();
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

    /// One SingleResponse (RFC 6960 §4.2.1), encoded as Bouncy Castle would.
    ///
    /// Its fixed parts come from Bouncy Castle; only lengths, times and the client's CertID are
    /// inserted here.
    ///
    /// @param shown the reasons that may be encoded
    /// @param retention as in [ResponseContent]
    record SingleResponseEncoder(
            SingleResponseContent answer,
            ValidityWindow window,
            DisclosedReasons shown,
            Optional<Duration> retention) {
        private static final ByteString BEFORE_CUTOFF = ResponseEncoder.beforeArchiveCutoff();

        private static final int EMPTY_LENGTH = 2;
        private static final int REASON_LENGTH = 5;
        private static final int NEXT_UPDATE_LENGTH = 2 + DerWriter.TIME_LENGTH;

        int length() {
            return elementLength(content());
        }

        void write(DerWriter out) {
            out.header(DerTag.SEQUENCE, content());
            CertIdEncoder.write(answer.certId(), out);
            writeStatus(out);
            out.time(window.thisUpdate());
            out.header(DerTag.context(0), DerWriter.TIME_LENGTH);
            out.time(window.nextUpdate());
            if (hasCutoff()) {
                out.raw(BEFORE_CUTOFF);
                out.time(window.thisUpdate().minus(retention.orElseThrow()));
            }
        }

        private int content() {
            int cutoff = hasCutoff() ? BEFORE_CUTOFF.length() + DerWriter.TIME_LENGTH : 0;
            return CertIdEncoder.length(answer.certId())
                    + statusLength()
                    + DerWriter.TIME_LENGTH
                    + NEXT_UPDATE_LENGTH
                    + cutoff;
        }

        private int statusLength() {
            return answer.status() instanceof CertStatus.Revoked revoked
                    ? elementLength(revokedContent(revoked))
                    : EMPTY_LENGTH;
        }

        private int revokedContent(CertStatus.Revoked revoked) {
            return DerWriter.TIME_LENGTH + (shown.code(revoked) == 0 ? 0 : REASON_LENGTH);
        }

        /// good \[0] and unknown \[2] are IMPLICIT NULL; revoked \[1] is a SEQUENCE.
        private void writeStatus(DerWriter out) {
            switch (answer.status()) {
                case CertStatus.Good _ ->
                        out.header(DerTag.contextPrimitive(BouncyCastleTypes.GOOD), 0);
                case CertStatus.Unknown _ ->
                        out.header(DerTag.contextPrimitive(BouncyCastleTypes.UNKNOWN), 0);
                case CertStatus.Revoked revoked -> writeRevoked(revoked, out);
            }
        }

        private void writeRevoked(CertStatus.Revoked revoked, DerWriter out) {
            out.header(DerTag.context(BouncyCastleTypes.REVOKED), revokedContent(revoked));
            out.time(revoked.at());
            int reason = shown.code(revoked);
            if (reason != 0) {
                out.header(DerTag.context(0), REASON_LENGTH - 2);
                out.header(DerTag.ENUMERATED, 1);
                out.raw(reason);
            }
        }

        /// There is no retained status of an unassigned serial, so there is no cutoff (RP-15).
        private boolean hasCutoff() {
            return retention.isPresent() && !(answer.status() instanceof CertStatus.Unknown);
        }
    }
}

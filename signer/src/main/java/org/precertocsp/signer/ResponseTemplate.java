package org.precertocsp.signer;

import static org.precertocsp.der.DerWriter.elementLength;

import java.util.Optional;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;

/// The bytes that all responses of one credential have in common: with times, status and signature
/// it assembles the response again, without the credential. Thread-safe.
///
/// Bouncy Castle encodes the fixed parts once per credential. A response is then lengths worked out
/// and bytes copied into one array, since encoding it from objects takes half as long as signing
/// it.
public final class ResponseTemplate {
    private static final Octets SUCCESSFUL = ResponseForm.successful();
    private static final Octets BASIC = ResponseForm.basicType();

    private final Octets encoded;
    private final Octets id;
    private final TemplateParts parts;

    private ResponseTemplate(Octets encoded, TemplateParts parts) {
        this.encoded = encoded;
        this.id = HashAlgorithm.SHA256.hash(encoded);
        this.parts = parts;
    }

    static ResponseTemplate of(ResponderCredential credential) {
        TemplateParts parts = TemplateParts.of(credential);
        return new ResponseTemplate(parts.encode(), parts);
    }

    /// Reads what [#encoded] wrote.
    ///
    /// @throws IllegalArgumentException if the bytes are no template of a known format
    public static ResponseTemplate decode(Octets encoded) {
        return new ResponseTemplate(encoded, TemplateParts.decode(encoded));
    }

    /// For the store; opens with a format byte.
    public Octets encoded() {
        return encoded;
    }

    /// SHA-256 of [#encoded]: equal for equal credentials, in every process.
    public Octets id() {
        return id;
    }

    /// Puts a response together again (RP-*), as Bouncy Castle would encode it.
    ///
    /// @param window as signed
    /// @throws IllegalArgumentException if a time is outside the years 0 to 9999
    public SignedResponse assemble(SingleAnswer answer, ValidityWindow window, Octets signature) {
        SingleDer single = single(answer, window);
        Frame frame = frame(elementLength(dataContent(single)), signature.length());
        DerWriter out = new DerWriter(frame.length());
        frame.open(out);
        writeData(single, out);
        frame.close(out, signature);
        return signed(out.toOctets(), window, signature);
    }

    /// Whether this template makes what the content asks for: one answer, no nonce, and the
    /// retention of the credential's own profile.
    boolean fits(ResponseContent content) {
        return content.answers().size() == 1
                && content.nonce().isEmpty()
                && content.retention().equals(parts.retention());
    }

    /// The ResponseData to be signed, in an array that is the caller's.
    byte[] data(SingleAnswer answer, ValidityWindow window) {
        SingleDer single = single(answer, window);
        DerWriter out = new DerWriter(elementLength(dataContent(single)));
        writeData(single, out);
        return out.toArray();
    }

    /// The response around what [#data] gave and what was made of it.
    SignedResponse response(byte[] data, ValidityWindow window, Octets signature) {
        Frame frame = frame(data.length, signature.length());
        DerWriter out = new DerWriter(frame.length());
        frame.open(out);
        out.raw(data);
        frame.close(out, signature);
        return signed(out.toOctets(), window, signature);
    }

    private SingleDer single(SingleAnswer answer, ValidityWindow window) {
        return new SingleDer(answer, window, parts.shown(), parts.retention());
    }

    private int dataContent(SingleDer single) {
        return parts.responderId().length()
                + DerWriter.TIME_LENGTH
                + elementLength(single.length());
    }

    /// producedAt equals thisUpdate (HT-09).
    private void writeData(SingleDer single, DerWriter out) {
        out.header(DerTag.SEQUENCE, dataContent(single));
        out.raw(parts.responderId());
        out.time(single.window().thisUpdate());
        out.header(DerTag.SEQUENCE, single.length());
        single.write(out);
    }

    private Frame frame(int data, int signature) {
        return new Frame(parts, data, signature);
    }

    private SignedResponse signed(Octets der, ValidityWindow window, Octets signature) {
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

        void close(DerWriter out, Octets made) {
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
}

package org.precertocsp.loadtest.corpus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.precertocsp.der.Asn1Time;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.RevocationReason;

/// Writes a CRL of any length with the memory of one buffer (RFC 5280 §5.1).
///
/// DER states every length before its content, so the entries are generated three times: counted,
/// signed, written. Generating them again is cheaper than storing them.
final class SyntheticCrlWriter {
    private static final Duration LIFE = Duration.ofDays(7);
    // reasonCode (2.5.29.21): SEQUENCE { SEQUENCE { OID, OCTET STRING { ENUMERATED } } }
    private static final byte[] REASON = {
        0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01, 0
    };
    private static final int SERIAL_AT = 4;
    private static final int TIME_AT = SERIAL_AT + SyntheticSerials.BYTES + 2;
    private static final int REASON_AT = TIME_AT + 13;

    private final CorpusPlan plan;
    private final SyntheticCa authority;
    private final SyntheticStatuses statuses;
    private final CorpusProgress progress;

    SyntheticCrlWriter(
            CorpusPlan plan,
            SyntheticCa authority,
            SyntheticStatuses statuses,
            CorpusProgress progress) {
        this.plan = plan;
        this.authority = authority;
        this.statuses = statuses;
        this.progress = progress;
    }

    void write(OutputStream out) throws IOException {
        ASN1Encodable algorithm =
                new DefaultSignatureAlgorithmIdentifierFinder().find(plan.keys().signature());
        CountingStream counted = new CountingStream();
        entries(counted);
        byte[] head = head(algorithm);
        byte[] tail = tail();
        byte[] entriesHeader =
                counted.length() == 0
                        ? new byte[0]
                        : DerWriter.encodeHeader(DerTag.SEQUENCE, counted.length());
        long tbsLength = head.length + entriesHeader.length + counted.length() + tail.length;
        byte[] tbsHeader = DerWriter.encodeHeader(DerTag.SEQUENCE, tbsLength);
        Tbs tbs =
                stream -> {
                    stream.write(tbsHeader);
                    stream.write(head);
                    stream.write(entriesHeader);
                    entries(stream);
                    stream.write(tail);
                };
        byte[] signature = sign(tbs);
        byte[] algorithmDer = der(algorithm);
        byte[] signatureHeader = DerWriter.encodeHeader(DerTag.BIT_STRING, signature.length + 1L);
        out.write(
                DerWriter.encodeHeader(
                        DerTag.SEQUENCE,
                        tbsHeader.length
                                + tbsLength
                                + algorithmDer.length
                                + signatureHeader.length
                                + 1
                                + signature.length));
        tbs.writeTo(out);
        out.write(algorithmDer);
        out.write(signatureHeader);
        out.write(0);
        out.write(signature);
    }

    @FunctionalInterface
    private interface Tbs {
        void writeTo(OutputStream out) throws IOException;
    }

    private byte[] head(ASN1Encodable algorithm) throws IOException {
        return joined(
                new ASN1Integer(1),
                algorithm,
                SyntheticCa.NAME,
                time(statuses.now()),
                time(statuses.now().plus(LIFE)));
    }

    private byte[] tail() throws IOException {
        Extension authorityKey =
                Extension.create(
                        Extension.authorityKeyIdentifier,
                        false,
                        new BcX509ExtensionUtils()
                                .createAuthorityKeyIdentifier(authority.publicKey()));
        Extension number =
                Extension.create(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
        return der(
                new DERTaggedObject(
                        true, 0, new Extensions(new Extension[] {authorityKey, number})));
    }

    private byte[] sign(Tbs tbs) throws IOException {
        try {
            Signature signature = authority.signature("CRL signature");
            tbs.writeTo(new SignatureStream(signature));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key just made signs", e);
        }
    }

    private void entries(OutputStream out) throws IOException {
        byte[] entry = new byte[REASON_AT + REASON.length];
        System.arraycopy(REASON, 0, entry, REASON_AT, REASON.length);
        entry[0] = DerTag.SEQUENCE;
        entry[2] = DerTag.INTEGER;
        entry[3] = SyntheticSerials.BYTES;
        entry[TIME_AT - 2] = DerTag.UTC_TIME;
        entry[TIME_AT - 1] = 13;
        SyntheticSerials serials = statuses.serials();
        for (long i = 0; i < plan.serials(); i++) {
            progress.step(i);
            if (!serials.isRevoked(i)) {
                continue;
            }
            serials.write(i, entry, SERIAL_AT);
            byte[] at = Asn1Time.utcTime(statuses.revokedAt(i));
            System.arraycopy(at, 0, entry, TIME_AT, at.length);
            RevocationReason reason = statuses.reason(i);
            // RFC 5280 §5.3.1: unspecified is expressed by omitting the reason.
            int length = reason == RevocationReason.UNSPECIFIED ? REASON_AT : entry.length;
            entry[1] = (byte) (length - 2);
            entry[entry.length - 1] = (byte) reason.code();
            out.write(entry, 0, length);
        }
    }

    private static Time time(Instant instant) {
        return new Time(Date.from(instant));
    }

    private static byte[] joined(ASN1Encodable... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ASN1Encodable part : parts) {
            all.write(der(part));
        }
        return all.toByteArray();
    }

    private static byte[] der(ASN1Encodable part) throws IOException {
        return part.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    }

    /// Counts the bytes written and stores nothing.
    static final class CountingStream extends OutputStream {
        private long length;

        long length() {
            return length;
        }

        @Override
        public void write(int b) {
            length++;
        }

        @Override
        public void write(byte[] source, int offset, int count) {
            length += count;
        }
    }

    /// Adds all bytes written to a signature.
    static final class SignatureStream extends OutputStream {
        private final Signature signature;

        SignatureStream(Signature signature) {
            this.signature = signature;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int count) throws IOException {
            try {
                signature.update(source, offset, count);
            } catch (SignatureException e) {
                throw new IOException("signing", e);
            }
        }
    }
}

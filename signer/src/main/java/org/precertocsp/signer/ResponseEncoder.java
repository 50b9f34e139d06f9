package org.precertocsp.signer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.ValidityWindow;

/// Encodes responses around the parts that are the same for all of one credential, which are
/// encoded once.
final class ResponseEncoder {
    private final DisclosedReasons shown;
    private final ResponderID responderId;
    private final AlgorithmIdentifier algorithm;
    private final @Nullable ASN1Sequence certificates;

    ResponseEncoder(ResponderCredential credential) {
        this.shown = DisclosedReasons.of(credential.profile());
        this.responderId = byKey(credential);
        this.algorithm =
                AlgorithmIdentifier.getInstance(
                        credential.key().scheme().algorithmIdentifier().toArray());
        this.certificates =
                credential
                        .delegate()
                        .map(sent -> new DERSequence(sent.holder().toASN1Structure()))
                        .orElse(null);
    }

    /// SHA-1 over the key's bits, independent of the hash in the CertIDs (RP-07, RP-08).
    private static ResponderID byKey(ResponderCredential credential) {
        byte[] bits = credential.certifiedKey().getPublicKeyData().getOctets();
        return new ResponderID(
                BouncyCastleTypes.octetString(HashAlgorithm.SHA1.hash(ByteString.of(bits))));
    }

    /// The ResponseData to be signed; producedAt equals thisUpdate (HT-09).
    ResponseData data(ResponseContent content, ValidityWindow window) {
        ASN1GeneralizedTime thisUpdate = BouncyCastleTypes.time(window.thisUpdate());
        ASN1GeneralizedTime nextUpdate = BouncyCastleTypes.time(window.nextUpdate());
        Extensions cutoff = archiveCutoff(window.thisUpdate(), content.retention());
        SingleResponse[] singles =
                content.answers().stream()
                        .map(
                                answer ->
                                        new SingleResponse(
                                                BouncyCastleTypes.certId(answer.certId()),
                                                BouncyCastleTypes.status(answer.status(), shown),
                                                thisUpdate,
                                                nextUpdate,
                                                isKnown(answer) ? cutoff : null))
                        .toArray(SingleResponse[]::new);
        return new ResponseData(
                responderId, thisUpdate, new DERSequence(singles), nonce(content.nonce()));
    }

    /// The finished OCSPResponse.
    byte[] response(ResponseData data, byte[] signature) {
        BasicOCSPResponse basic =
                new BasicOCSPResponse(data, algorithm, new DERBitString(signature), certificates);
        return der(
                new OCSPResponse(
                        new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
                        new ResponseBytes(
                                OCSPObjectIdentifiers.id_pkix_ocsp_basic,
                                new DEROctetString(der(basic)))));
    }

    DisclosedReasons shown() {
        return shown;
    }

    ByteString responderIdDer() {
        return ByteString.of(der(responderId));
    }

    /// As they stand in the response, tag \[0] included; empty if none are sent.
    ByteString certificatesDer() {
        return certificates == null
                ? ByteString.of()
                : ByteString.of(der(new DERTaggedObject(true, 0, certificates)));
    }

    /// The bytes before the time in singleExtensions with only an archiveCutoff.
    static ByteString beforeArchiveCutoff() {
        Extensions extensions = archiveCutoff(BouncyCastleTypes.time(Instant.EPOCH));
        byte[] der = der(new DERTaggedObject(true, 1, extensions));
        return ByteString.of(der, 0, der.length - DerWriter.TIME_LENGTH);
    }

    /// The responseType at the beginning of ResponseBytes.
    static ByteString basicType() {
        return ByteString.of(der(OCSPObjectIdentifiers.id_pkix_ocsp_basic));
    }

    static ByteString successful() {
        return ByteString.of(der(new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL)));
    }

    static byte[] der(ASN1Object object) {
        try {
            return object.getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
    }

    /// There is no retained status of an unassigned serial, so there is no cutoff.
    private static boolean isKnown(SingleResponseContent answer) {
        return !(answer.status() instanceof CertStatus.Unknown);
    }

    private static @Nullable Extensions archiveCutoff(
            Instant producedAt, Optional<Duration> retention) {
        return retention
                .map(kept -> BouncyCastleTypes.time(producedAt.minus(kept)))
                .map(ResponseEncoder::archiveCutoff)
                .orElse(null);
    }

    private static Extensions archiveCutoff(ASN1GeneralizedTime cutoff) {
        return only(OCSPObjectIdentifiers.id_pkix_ocsp_archive_cutoff, cutoff);
    }

    private static @Nullable Extensions nonce(Optional<Nonce> nonce) {
        return nonce.map(asked -> BouncyCastleTypes.octetString(asked.value()))
                .map(value -> only(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, value))
                .orElse(null);
    }

    private static Extensions only(ASN1ObjectIdentifier oid, ASN1Object value) {
        return new Extensions(new Extension(oid, false, new DEROctetString(der(value))));
    }
}

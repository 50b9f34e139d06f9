package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.Asn1Time;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.CertId;

/// A BasicOCSPResponse, parsed without validating it.
///
/// @param der the whole OCSPResponse
/// @param signedBytes the bytes covered by the signature, as received
/// @param algorithm the AlgorithmIdentifier, tag and length included
/// @param unusedBits of the signature's BIT STRING; 0 in a valid one
/// @param certificates DER of the certificates in `certs`
/// @param hasEmptyCertificates `certs` is present and empty (RP-10)
/// @param versionEncoded the default version is encoded (RP-02)
/// @param strictDer encoding it again gives the same bytes (RP-22)
public record ParsedBasicResponse(
        ByteString der,
        ByteString signedBytes,
        ByteString algorithm,
        ByteString signature,
        int unusedBits,
        ResponderReading responder,
        TimeReading producedAt,
        List<ParsedSingleResponse> singles,
        List<String> extensions,
        List<String> criticalExtensions,
        Optional<ByteString> nonce,
        List<ByteString> certificates,
        boolean hasEmptyCertificates,
        boolean versionEncoded,
        boolean strictDer) {
    private static final int VERSION = DerTag.context(0);

    /// The responder's identity in the response.
    ///
    /// @param keyHash if it is byKey
    /// @param name DER of the name, if it is byName
    public record ResponderReading(Optional<ByteString> keyHash, Optional<ByteString> name) {
        static ResponderReading of(ResponderID id) throws IOException {
            byte[] hash = id.getKeyHash();
            return hash == null
                    ? new ResponderReading(
                            Optional.empty(),
                            Optional.of(ByteString.of(id.getName().getEncoded(ASN1Encoding.DER))))
                    : new ResponderReading(Optional.of(ByteString.of(hash)), Optional.empty());
        }
    }

    /// A time as encoded, and its value if it is valid.
    public record TimeReading(String text, Optional<Instant> at) {
        static TimeReading of(ASN1GeneralizedTime time) {
            String text = time.getTimeString();
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            try {
                return new TimeReading(
                        text, Optional.of(Asn1Time.generalizedTime(bytes, 0, bytes.length)));
            } catch (DateTimeException _) {
                return new TimeReading(text, Optional.empty());
            }
        }

        @Override
        public String toString() {
            return text;
        }
    }

    static ParsedBasicResponse of(ByteString der, ByteString basicDer, boolean strictDer)
            throws IOException {
        BasicOCSPResponse basic =
                BasicOCSPResponse.getInstance(ASN1Primitive.fromByteArray(basicDer.toArray()));
        ResponseData data = basic.getTbsResponseData();
        ByteString signedBytes = firstInside(basicDer);
        List<ParsedSingleResponse> singles = new ArrayList<>();
        for (ASN1Encodable each : data.getResponses()) {
            singles.add(ParsedSingleResponse.of(SingleResponse.getInstance(each)));
        }
        return new ParsedBasicResponse(
                der,
                signedBytes,
                ByteString.of(basic.getSignatureAlgorithm().getEncoded(ASN1Encoding.DER)),
                ByteString.of(basic.getSignature().getBytes()),
                basic.getSignature().getPadBits(),
                ResponderReading.of(data.getResponderID()),
                TimeReading.of(data.getProducedAt()),
                List.copyOf(singles),
                oids(data.getResponseExtensions()),
                critical(data.getResponseExtensions()),
                nonce(data.getResponseExtensions()),
                certificates(basic.getCerts()),
                basic.getCerts() != null && basic.getCerts().size() == 0,
                (firstInside(signedBytes).at(0) & 0xff) == VERSION,
                strictDer);
    }

    /// The first element inside the outermost one as it was sent: a parser that encodes it again
    /// might repair it, and a signature covers the bytes that were sent.
    private static ByteString firstInside(ByteString element) throws IOException {
        try {
            DerReader inside = DerElement.first(element).inside();
            inside.next();
            return inside.encoded();
        } catch (MalformedDerException e) {
            throw new IOException(e);
        }
    }

    static List<String> oids(@Nullable Extensions extensions) {
        return extensions == null
                ? List.of()
                : Arrays.stream(extensions.getExtensionOIDs())
                        .map(ASN1ObjectIdentifier::getId)
                        .toList();
    }

    static List<String> critical(@Nullable Extensions extensions) {
        return extensions == null
                ? List.of()
                : Arrays.stream(extensions.getCriticalExtensionOIDs())
                        .map(ASN1ObjectIdentifier::getId)
                        .toList();
    }

    private static Optional<ByteString> nonce(@Nullable Extensions extensions) {
        Extension nonce =
                extensions == null
                        ? null
                        : extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        return nonce == null
                ? Optional.empty()
                : Optional.of(ByteString.of(nonce.getExtnValue().getOctets()));
    }

    private static List<ByteString> certificates(@Nullable ASN1Sequence certificates)
            throws IOException {
        List<ByteString> all = new ArrayList<>();
        if (certificates != null) {
            for (ASN1Encodable each : certificates) {
                all.add(ByteString.of(each.toASN1Primitive().getEncoded()));
            }
        }
        return List.copyOf(all);
    }

    /// The usual name, such as `SHA256WITHECDSA`, or the OID if there is none.
    public String algorithmName() {
        return new DefaultSignatureNameFinder()
                .getAlgorithmName(AlgorithmIdentifier.getInstance(algorithm.toArray()));
    }

    public Optional<ParsedSingleResponse> first() {
        return singles.stream().findFirst();
    }

    /// The SingleResponse for this CertID; otherwise the most similar one.
    public Optional<ParsedSingleResponse> about(CertId asked) {
        return singles.stream()
                .filter(single -> single.certId().isFor(asked))
                .findFirst()
                .or(() -> singles.stream().filter(it -> it.certId().isOfSerial(asked)).findFirst())
                .or(this::first);
    }
}

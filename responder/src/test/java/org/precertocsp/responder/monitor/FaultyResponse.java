package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;

/// One signed response with one fault.
final class FaultyResponse {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
    private static final ASN1ObjectIdentifier SHA256_WITH_ECDSA =
            new ASN1ObjectIdentifier("1.2.840.10045.4.3.2");
    private static final ASN1ObjectIdentifier SHA256_WITH_RSA =
            new ASN1ObjectIdentifier("1.2.840.113549.1.1.11");
    private static final ASN1ObjectIdentifier SHA1_WITH_ECDSA =
            new ASN1ObjectIdentifier("1.2.840.10045.4.1");

    private final ResponderFault fault;
    private final FaultyCredentials credentials;
    private final Instant now;
    private final CertID asked;
    private final boolean assigned;
    private final Optional<ByteString> nonce;
    private final byte[] encoded;

    FaultyResponse(
            ResponderFault fault,
            FaultyCredentials credentials,
            Instant now,
            CertID asked,
            boolean assigned,
            Optional<ByteString> nonce) {
        this.fault = fault;
        this.credentials = credentials;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
        this.asked = asked;
        this.assigned = assigned;
        this.nonce = nonce;
        try {
            this.encoded = build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] encoded() {
        return encoded.clone();
    }

    Instant now() {
        return now;
    }

    Instant thisUpdate() {
        return switch (fault) {
            case EXPIRED -> now.minus(Duration.ofDays(3));
            case FIVE_DAYS_OLD -> now.minus(Duration.ofDays(5));
            case NOT_YET_VALID -> now.plus(Duration.ofHours(1));
            default -> now;
        };
    }

    Instant nextUpdate() {
        return thisUpdate()
                .plus(
                        switch (fault) {
                            case TWELVE_DAY_WINDOW -> Duration.ofDays(12);
                            case EIGHT_DAY_WINDOW -> Duration.ofDays(8);
                            case FIVE_DAYS_OLD -> Duration.ofDays(6);
                            case NEXT_UPDATE_BEFORE_THIS_UPDATE -> Duration.ofSeconds(-20);
                            case FOUR_HOUR_WINDOW -> Duration.ofHours(4);
                            default -> Duration.ofDays(2);
                        });
    }

    Instant renewal() {
        return thisUpdate().plus(Duration.between(thisUpdate(), nextUpdate()).dividedBy(2));
    }

    private byte[] build() throws IOException, GeneralSecurityException {
        ResponseData data =
                new ResponseData(responder(), producedAt(), singles(), responseExtensions());
        boolean sha1 = fault == ResponderFault.SHA1_SIGNATURE;
        Signature signer = Signature.getInstance(sha1 ? "SHA1withECDSA" : "SHA256withECDSA");
        signer.initSign(credentials.keys().getPrivate());
        AlgorithmIdentifier algorithm =
                fault == ResponderFault.SIGNATURE_ALGORITHM_OF_ANOTHER_KEY
                        ? new AlgorithmIdentifier(SHA256_WITH_RSA, DERNull.INSTANCE)
                        : new AlgorithmIdentifier(sha1 ? SHA1_WITH_ECDSA : SHA256_WITH_ECDSA);
        BasicOCSPResponse basic =
                new BasicOCSPResponse(
                        data, algorithm, signature(signer, data.getEncoded("DER")), certificates());
        return new OCSPResponse(
                        new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
                        new ResponseBytes(
                                OCSPObjectIdentifiers.id_pkix_ocsp_basic,
                                new DEROctetString(basic.getEncoded("DER"))))
                .getEncoded("DER");
    }

    private DERBitString signature(Signature signer, byte[] data) throws GeneralSecurityException {
        while (true) {
            signer.update(data);
            if (fault == ResponderFault.BAD_SIGNATURE) {
                signer.update((byte) 0);
            }
            byte[] signature = signer.sign();
            if (fault != ResponderFault.SIGNATURE_BITS_UNUSED) {
                return new DERBitString(signature);
            } else if ((signature[signature.length - 1] & 1) == 0) {
                // The bit that is unused is 0 as DER wants, so that only the count is wrong.
                return new DERBitString(signature, 1);
            }
        }
    }

    private @Nullable ASN1Sequence certificates() {
        return switch (fault) {
            case CA_SIGNS_ITSELF, DELEGATE_NOT_SENT -> null;
            case EMPTY_CERTIFICATES -> new DERSequence();
            default -> new DERSequence(credentials.delegate().toASN1Structure());
        };
    }

    private ASN1GeneralizedTime producedAt() {
        return switch (fault) {
            case FRACTIONAL_SECONDS -> new ASN1GeneralizedTime(TIME.format(now) + ".5Z");
            case PRODUCED_IN_THE_FUTURE -> time(now.plus(Duration.ofHours(1)));
            case NOT_YET_VALID -> time(now);
            default -> time(thisUpdate());
        };
    }

    private static ASN1GeneralizedTime time(Instant at) {
        return new ASN1GeneralizedTime(TIME.format(at) + "Z");
    }

    private ResponderID responder() {
        ByteString bits = ByteString.of(credentials.key().getPublicKeyData().getOctets());
        return switch (fault) {
            case BY_NAME -> new ResponderID(credentials.delegate().getSubject());
            case BY_NAME_OF_ANOTHER -> new ResponderID(credentials.other());
            case BY_KEY_OF_ANOTHER -> new ResponderID(new DEROctetString(new byte[20]));
            case BY_KEY_HASHED_WITH_SHA256 -> byKey(HashAlgorithm.SHA256, bits);
            default -> byKey(HashAlgorithm.SHA1, bits);
        };
    }

    private static ResponderID byKey(HashAlgorithm algorithm, ByteString bits) {
        return new ResponderID(new DEROctetString(algorithm.hash(bits).toArray()));
    }

    private ASN1Sequence singles() {
        List<ASN1Encodable> singles = new ArrayList<>();
        singles.add(single(echoed()));
        if (fault == ResponderFault.GOOD_AND_REVOKED) {
            SingleResponse good = single(asked);
            singles.add(
                    new SingleResponse(
                            asked,
                            revoked(CRLReason.keyCompromise),
                            good.getThisUpdate(),
                            good.getNextUpdate(),
                            good.getSingleExtensions()));
        }
        if (fault == ResponderFault.EXTRA_SINGLE_RESPONSE) {
            singles.add(single(withSerial(asked, FaultyAnswers.ASSIGNED.add(BigInteger.ONE))));
        }
        return new DERSequence(singles.toArray(ASN1Encodable[]::new));
    }

    private SingleResponse single(CertID id) {
        ASN1GeneralizedTime next =
                fault == ResponderFault.NEXT_UPDATE_MISSING ? null : time(nextUpdate());
        Extensions extensions =
                fault == ResponderFault.REASON_CODE_EXTENSION
                        ? new Extensions(
                                new Extension(Extension.reasonCode, false, new byte[] {0x0a, 1, 1}))
                        : null;
        return new SingleResponse(id, status(), time(thisUpdate()), next, extensions);
    }

    private CertStatus status() {
        boolean sha256 =
                asked.getHashAlgorithm().getAlgorithm().getId().equals(HashAlgorithm.SHA256.oid());
        if (!assigned && fault == ResponderFault.HOLD_FOR_RANDOM_SERIALS) {
            return revoked(CRLReason.certificateHold);
        }
        return switch (fault) {
            case UNKNOWN_FOR_PRECERTIFICATE -> new CertStatus(2, DERNull.INSTANCE);
            case REVOKED_WITH_REASON_ZERO -> revoked(CRLReason.unspecified);
            case REVOKED_ON_HOLD -> revoked(CRLReason.certificateHold);
            case REVOKED_UNDER_SHA256_ONLY ->
                    sha256 ? revoked(CRLReason.keyCompromise) : new CertStatus();
            default -> new CertStatus();
        };
    }

    private static CertStatus revoked(int reason) {
        ASN1GeneralizedTime at = time(Instant.parse("2026-01-02T03:04:05Z"));
        return new CertStatus(new RevokedInfo(at, CRLReason.lookup(reason)));
    }

    private CertID echoed() {
        return switch (fault) {
            case OTHER_SERIAL_ECHOED ->
                    withSerial(asked, asked.getSerialNumber().getValue().add(BigInteger.ONE));
            case OTHER_HASHES_ECHOED ->
                    new CertID(
                            asked.getHashAlgorithm(),
                            asked.getIssuerKeyHash(),
                            asked.getIssuerNameHash(),
                            asked.getSerialNumber());
            case OTHER_PARAMETERS_ECHOED -> otherParameters();
            case OTHER_HASH_ALGORITHM_ECHOED -> otherAlgorithm();
            default -> asked;
        };
    }

    private static CertID withSerial(CertID id, BigInteger serial) {
        return new CertID(
                id.getHashAlgorithm(),
                id.getIssuerNameHash(),
                id.getIssuerKeyHash(),
                new ASN1Integer(serial));
    }

    private CertID otherParameters() {
        AlgorithmIdentifier written = asked.getHashAlgorithm();
        AlgorithmIdentifier turned =
                written.getParameters() == null
                        ? new AlgorithmIdentifier(written.getAlgorithm(), DERNull.INSTANCE)
                        : new AlgorithmIdentifier(written.getAlgorithm());
        return new CertID(
                turned,
                asked.getIssuerNameHash(),
                asked.getIssuerKeyHash(),
                asked.getSerialNumber());
    }

    private CertID otherAlgorithm() {
        boolean sha1 =
                asked.getHashAlgorithm().getAlgorithm().getId().equals(HashAlgorithm.SHA1.oid());
        HashAlgorithm turned = sha1 ? HashAlgorithm.SHA256 : HashAlgorithm.SHA1;
        IssuerKey key = credentials.ca().certificate().key();
        return new CertID(
                new AlgorithmIdentifier(
                        new ASN1ObjectIdentifier(turned.oid()),
                        asked.getHashAlgorithm().getParameters()),
                octets(key.nameHash(turned)),
                octets(key.keyHash(turned)),
                asked.getSerialNumber());
    }

    private static ASN1OctetString octets(ByteString value) {
        return new DEROctetString(value.toArray());
    }

    private @Nullable Extensions responseExtensions() {
        List<Extension> all = new ArrayList<>();
        nonce.ifPresent(
                value ->
                        all.add(
                                new Extension(
                                        OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                                        false,
                                        value.toArray())));
        boolean critical = fault == ResponderFault.CRITICAL_RESPONSE_EXTENSION;
        if (critical || fault == ResponderFault.RESPONSE_EXTENSION) {
            all.add(
                    new Extension(
                            new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1.2"),
                            critical,
                            new byte[] {5, 0}));
        }
        return all.isEmpty() ? null : new Extensions(all.toArray(Extension[]::new));
    }
}

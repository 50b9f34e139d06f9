package org.precertocsp.signer;

import java.time.Instant;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.precertocsp.der.Asn1Time;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;

/// Converts OCSP values to Bouncy Castle's ASN.1 types.
final class BouncyCastleTypes {
    // RFC 6960 §4.2.1: CertStatus ::= CHOICE { good [0], revoked [1], unknown [2] }
    static final int GOOD = 0;
    static final int REVOKED = 1;
    static final int UNKNOWN = 2;

    private BouncyCastleTypes() {}

    /// Repeats hash, parameter form and serial as the client wrote them (CI-06, CI-07, SS-16).
    static CertID certId(CertId asked) {
        return new CertID(
                algorithm(asked.hashAlgorithm(), asked.parameters()),
                octetString(asked.issuerNameHash()),
                octetString(asked.issuerKeyHash()),
                new ASN1Integer(asked.serial().content().toArray()));
    }

    static AlgorithmIdentifier algorithm(HashAlgorithm hash, DigestParameters parameters) {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(hash.oid());
        return switch (parameters) {
            case NULL -> new AlgorithmIdentifier(oid, DERNull.INSTANCE);
            case ABSENT -> new AlgorithmIdentifier(oid);
        };
    }

    static org.bouncycastle.asn1.ocsp.CertStatus status(CertStatus status, DisclosedReasons shown) {
        return switch (status) {
            case CertStatus.Good _ -> choice(GOOD, DERNull.INSTANCE);
            case CertStatus.Revoked revoked -> choice(REVOKED, revokedInfo(revoked, shown));
            case CertStatus.Unknown _ -> choice(UNKNOWN, DERNull.INSTANCE);
        };
    }

    /// GeneralizedTime in whole seconds with Z (RP-12); a fraction is truncated.
    static ASN1GeneralizedTime time(Instant instant) {
        return new DERGeneralizedTime(Asn1Time.generalizedTime(instant));
    }

    static DEROctetString octetString(ByteString bytes) {
        return new DEROctetString(bytes.toArray());
    }

    private static org.bouncycastle.asn1.ocsp.CertStatus choice(int tag, ASN1Encodable value) {
        return new org.bouncycastle.asn1.ocsp.CertStatus(tag, value);
    }

    private static RevokedInfo revokedInfo(CertStatus.Revoked revoked, DisclosedReasons shown) {
        ASN1GeneralizedTime at = time(revoked.at());
        return shown.of(revoked)
                .map(reason -> new RevokedInfo(at, CRLReason.lookup(reason.code())))
                .orElseGet(() -> new RevokedInfo(at));
    }
}

package org.precertocsp.loadtest.verify;

import java.util.Arrays;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.drive.Fault;
import org.precertocsp.loadtest.requests.Question;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;

/// Compares what an answer says with what was asked and expected.
record AnswerContent(IssuerKey issuer) {
    /// The SingleResponse for the certificate asked about.
    SingleResp find(Question question, BasicOCSPResp basic) throws Wrong {
        for (SingleResp single : basic.getResponses()) {
            if (isAsked(question, single.getCertID())) {
                return single;
            }
        }
        throw new Wrong(
                Fault.CERT_ID,
                "about %s",
                Arrays.stream(basic.getResponses())
                        .map(single -> describe(single.getCertID()))
                        .toList());
    }

    private boolean isAsked(Question question, CertificateID id) {
        HashAlgorithm hash = question.hashAlgorithm();
        // The algorithm's parameters are left out: NULL and absent name the same certificate.
        return id.getHashAlgOID().getId().equals(hash.oid())
                && id.getSerialNumber().equals(question.serial().number())
                && Arrays.equals(id.getIssuerNameHash(), issuer.nameHash(hash).toArray())
                && Arrays.equals(id.getIssuerKeyHash(), issuer.keyHash(hash).toArray());
    }

    private static String describe(CertificateID id) {
        return "serial %s under %s"
                .formatted(
                        id.getSerialNumber().toString(16),
                        HashAlgorithm.ofOid(id.getHashAlgOID().getId())
                                .map(HashAlgorithm::jcaName)
                                .orElse(id.getHashAlgOID().getId()));
    }

    void checkStatus(Question question, SingleResp single) throws Wrong {
        CertificateStatus status = single.getCertStatus();
        boolean right =
                switch (question.expected()) {
                    case GOOD -> Objects.equals(status, CertificateStatus.GOOD);
                    case REVOKED -> status instanceof RevokedStatus;
                    case ASSIGNED -> !(status instanceof UnknownStatus);
                    // RFC 6960 §2.2 lets a responder answer "revoked" for what was never issued,
                    // but never "good" (BR 4.9.10).
                    case UNASSIGNED -> !Objects.equals(status, CertificateStatus.GOOD);
                };
        if (!right) {
            throw new Wrong(Fault.CERT_STATUS, "%s", describe(status));
        }
    }

    // Bouncy Castle's "good" is null.
    private static String describe(@Nullable CertificateStatus status) {
        return switch (status) {
            case null -> "good";
            case RevokedStatus _ -> "revoked";
            default -> "unknown";
        };
    }

    void checkNonce(Question question, BasicOCSPResp basic) throws Wrong {
        Extension extension = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (extension == null || question.nonce().isEmpty()) {
            return;
        }
        byte[] sent = question.nonce().get().value().toArray();
        byte[] seen = ASN1OctetString.getInstance(extension.getParsedValue()).getOctets();
        if (!Arrays.equals(sent, seen)) {
            throw new Wrong(Fault.NONCE, "another nonce of %d octets", seen.length);
        }
    }
}

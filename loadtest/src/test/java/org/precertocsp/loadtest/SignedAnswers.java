package org.precertocsp.loadtest;

import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;

/// Answers signed as a test wants them. What is not told otherwise is right.
public final class SignedAnswers {
    /// When answers begin to hold; tests that run a driver need one that is past.
    private final Instant thisUpdate;

    private final TestCa ca;
    private final Map<BigInteger, CertificateStatus> revoked = new HashMap<>();
    private final Map<BigInteger, Boolean> good = new HashMap<>();
    private KeyPair keys;
    private X509CertificateHolder signer;
    private KeyPair signingKeys;
    private Duration validity = Duration.ofDays(3);
    private @Nullable BigInteger instead;

    public SignedAnswers(TestCa ca, Instant thisUpdate) {
        this.ca = ca;
        this.thisUpdate = thisUpdate;
        this.keys = TestCa.p256();
        this.signingKeys = keys;
        this.signer = ca.delegate(keys);
    }

    public SignedAnswers good(Serial serial) {
        good.put(serial.number(), true);
        return this;
    }

    public SignedAnswers revoked(Serial serial) {
        revoked.put(serial.number(), new RevokedStatus(Date.from(thisUpdate)));
        return this;
    }

    /// Signs with a key that the certificate sent does not have.
    public SignedAnswers signedByNobody() {
        signingKeys = TestCa.p256();
        return this;
    }

    public SignedAnswers signedBy(KeyPair other, X509CertificateHolder certificate) {
        signingKeys = other;
        signer = certificate;
        return this;
    }

    public SignedAnswers lasting(Duration other) {
        validity = other;
        return this;
    }

    /// Answers about this serial whatever is asked.
    public SignedAnswers about(Serial other) {
        instead = other.number();
        return this;
    }

    /// @param falsely say the opposite of what is known
    public byte[] answer(OCSPReq request, boolean falsely) {
        try {
            CertificateID asked = request.getRequestList()[0].getCertID();
            BigInteger serial = instead == null ? asked.getSerialNumber() : instead;
            if (instead == null && !good.containsKey(serial) && !revoked.containsKey(serial)) {
                return new OCSPRespBuilder().build(OCSPRespBuilder.UNAUTHORIZED, null).getEncoded();
            }
            CertificateID id =
                    instead == null ? asked : CertificateID.deriveCertificateID(asked, serial);
            CertificateStatus known = revoked.get(serial);
            CertificateStatus opposite =
                    known == null
                            ? new RevokedStatus(Date.from(thisUpdate))
                            : CertificateStatus.GOOD;
            CertificateStatus status = falsely ? opposite : known;
            return new OCSPRespBuilder()
                    .build(OCSPRespBuilder.SUCCESSFUL, sign(id, status, nonce(request)))
                    .getEncoded();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Extension nonce(OCSPReq request) {
        return request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    }

    private BasicOCSPResp sign(
            CertificateID id, @Nullable CertificateStatus status, @Nullable Extension nonce)
            throws Exception {
        BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(new RespID(signer.getSubject()));
        builder.addResponse(
                id, status, Date.from(thisUpdate), Date.from(thisUpdate.plus(validity)), null);
        if (nonce != null) {
            builder.setResponseExtensions(new Extensions(nonce));
        }
        return builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(signingKeys.getPrivate()),
                new X509CertificateHolder[] {signer},
                Date.from(thisUpdate));
    }

    public TestCa ca() {
        return ca;
    }
}

package org.precertocsp.responder.freshness;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SingleAnswer;

/// Signs a response that nobody receives: `unknown` for the serial zero, which no CA may issue
/// (SS-14), so that it would be harmless if it leaked.
record KeyProbe(KeptCredential credential) implements KeyHealth.Probe {
    @Override
    public void run(Instant now) throws SignerUnavailable {
        CertId unused =
                credential
                        .key()
                        .certId(
                                HashAlgorithm.SHA256,
                                DigestParameters.ABSENT,
                                Serial.of(BigInteger.ZERO));
        IssuerProfile profile = credential.current().credential().profile();
        credential
                .bounded()
                .sign(
                        new ResponseContent(
                                List.of(new SingleAnswer(unused, new CertStatus.Unknown())),
                                ValidityWindow.from(now, profile.minValidity()),
                                Optional.empty(),
                                Optional.empty(),
                                now));
    }
}

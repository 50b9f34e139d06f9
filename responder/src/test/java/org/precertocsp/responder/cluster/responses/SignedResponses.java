package org.precertocsp.responder.cluster.responses;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;

/// Responses that a CA's key really signed.
final class SignedResponses {
    static final TestCa CA = TestCa.root("Published");
    static final Duration VALIDITY = Duration.ofDays(2);

    /// An hour ago: when it signs.
    final Instant time = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(1));

    static final ResponseFollower.Issuer ISSUER =
            new ResponseFollower.Issuer(List.of(CA.certificate()), IssuerProfile.TLS);

    private final TestCa ca;
    private final ResponseSigner signer;

    SignedResponses(Path folder) {
        this(folder, CA);
    }

    /// @param ca that signs in the name of [#CA]
    SignedResponses(Path folder, TestCa ca) {
        this.ca = ca;
        this.signer =
                new BouncyCastleSigner(
                        new ResponderCredential(
                                List.of(ca.certificate()),
                                Optional.empty(),
                                ca.signingKey(folder),
                                IssuerProfile.TLS));
    }

    static KeyPair nodeKey() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static ResponseKey key(long serial) {
        return key(CA.certificate().key(), serial);
    }

    static ResponseKey key(IssuerKey issuer, long serial) {
        return new ResponseKey(
                new SerialKey(issuer, Serial.of(BigInteger.valueOf(serial))),
                HashAlgorithm.SHA1,
                DigestParameters.NULL);
    }

    StoredResponse good(long serial) {
        return signed(serial, new CertStatus.Good(), time);
    }

    StoredResponse revoked(long serial) {
        return signed(
                serial,
                new CertStatus.Revoked(
                        TestChanges.REVOKED_AT, Optional.of(RevocationReason.SUPERSEDED)),
                time);
    }

    StoredResponse signed(long serial, CertStatus status, Instant thisUpdate) {
        ResponseKey key = key(serial);
        ValidityWindow window = ValidityWindow.from(thisUpdate, VALIDITY);
        SingleResponseContent content =
                new SingleResponseContent(
                        ca.certificate()
                                .key()
                                .certId(key.hash(), key.parameters(), key.serial().serial()),
                        status);
        try {
            SignedResponse response =
                    signer.sign(
                            new ResponseContent(
                                    List.of(content),
                                    window,
                                    Optional.empty(),
                                    Optional.empty(),
                                    thisUpdate));
            return new StoredResponse(
                    key, status, response.window(), response.essence().orElseThrow());
        } catch (SignerUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }
}

package org.precertocsp.responder.admin;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.ResponderCredential;

/// What a store's statuses come to, signed by the CA's own key.
final class SelfSignedResponseSource {
    private SelfSignedResponseSource() {}

    static AnswerService of(TestCa ca, StatusStore store, Path folder, InstantSource clock) {
        ServedIssuer issuer =
                new ServedIssuer(
                        ca.certificate().key(),
                        IssuerProfile.TLS,
                        Duration.ofDays(2),
                        new BouncyCastleSigner(
                                new ResponderCredential(
                                        List.of(ca.certificate()),
                                        Optional.empty(),
                                        ca.signingKey(folder),
                                        IssuerProfile.TLS)),
                        PresignMode.NONE);
        IssuerDirectory issuers = new IssuerDirectory(List.of(issuer));
        AnswerConfig config =
                new AnswerConfig(
                        AnswerConfig.Nonces.IGNORE,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        0);
        return new AnswerService(
                new AnswerContext(
                        issuers, store, store.epochs(), config, new MonotonicClock(clock)),
                new AnswerCache<>(0, served -> served, _ -> 0),
                ResponseStore.NONE,
                Duration.ofSeconds(10),
                AnswerEvents.NONE);
    }
}

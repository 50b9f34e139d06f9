package org.precertocsp.responder.admin.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.Presign;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.Shared;
import org.precertocsp.responder.answer.SteadyClock;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.Keys;
import org.precertocsp.signer.key.SigningKey;

/// What a store's statuses come to, signed by the CA's own key.
final class SelfSignedAnswers {
    private SelfSignedAnswers() {}

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
                                        key(ca, folder),
                                        IssuerProfile.TLS)),
                        Presign.NONE);
        IssuerDirectory issuers = new IssuerDirectory(List.of(issuer));
        AnswerConfig config =
                new AnswerConfig(
                        AnswerConfig.Nonces.IGNORE,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        0);
        return new AnswerService(
                new Shared(issuers, store, store.epochs(), config, new SteadyClock(clock)),
                new AnswerCache<>(0, served -> served, _ -> 0),
                ResponseStore.NONE,
                Duration.ofSeconds(10),
                AnswerEvents.NONE);
    }

    private static SigningKey key(TestCa ca, Path folder) {
        try {
            Path pem = Files.createTempFile(folder, "answers", ".key");
            Files.writeString(pem, TestCa.pem("PRIVATE KEY", ca.keys().getPrivate().getEncoded()));
            return Keys.open(
                    new KeyConfig(
                            new KeySource.Pem(pem, Optional.empty()),
                            KeyConfig.RsaPadding.PKCS1,
                            KeyConfig.RsaHash.SHA256,
                            KeyConfig.ProviderChoice.FASTEST),
                    Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (KeyFailure e) {
            throw new IllegalStateException(e);
        }
    }
}

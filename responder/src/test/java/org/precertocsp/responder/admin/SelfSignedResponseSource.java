package org.precertocsp.responder.admin;

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
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

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
                                        key(ca, folder),
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

    private static SigningKey key(TestCa ca, Path folder) {
        try {
            Path pem = Files.createTempFile(folder, "answers", ".key");
            Files.writeString(pem, TestCa.pem("PRIVATE KEY", ca.keys().getPrivate().getEncoded()));
            return PrivateKeys.open(
                    new KeyConfig(
                            new KeySource.Pem(pem, Optional.empty()),
                            KeyConfig.RsaPadding.PKCS1,
                            KeyConfig.RsaHash.SHA256,
                            KeyConfig.ProviderChoice.FASTEST),
                    Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SigningKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}

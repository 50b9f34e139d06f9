package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.cert.X509CRLHolder;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.signer.IssuerCertificate;

/// Loads CRLs of one or more issuers into one sink, at [TestFeed#NOW].
final class CrlLoad {
    private final Path directory;
    private final ConfiguredIssuer.Directory issuers;
    private final RecordingSink sink = new RecordingSink();
    private final Map<String, Incident> alerts = new LinkedHashMap<>();
    private final Map<String, IssuerCertificate> own = new HashMap<>();
    private Optional<ConfiguredIssuer> named = Optional.empty();
    private boolean acceptNumberReset;

    CrlLoad(Path directory, ConfiguredIssuer... issuers) {
        this.directory = directory;
        this.issuers = new ConfiguredIssuer.Directory(List.of(issuers));
    }

    static CrlLoad of(Path directory, TestCa ca, IssuerProfile profile) {
        return new CrlLoad(directory, TestFeed.issuer("ca", ca, profile));
    }

    CrlLoad naming(ConfiguredIssuer issuer) {
        named = Optional.of(issuer);
        return this;
    }

    CrlLoad acceptingNumberReset() {
        acceptNumberReset = true;
        return this;
    }

    CrlLoad owning(IssuerCertificate certificate, String what) {
        own.put(what, certificate);
        return this;
    }

    /// Those that have not ended.
    List<Incident> alerts() {
        return List.copyOf(alerts.values());
    }

    private Alarm alarm() {
        return new Alarm() {
            @Override
            public void raise(Incident incident) {
                alerts.put(incident.kind() + incident.about(), incident);
            }

            @Override
            public void end(Incident.Kind kind, String about) {
                alerts.remove(kind + about);
            }
        };
    }

    RecordingSink load(X509CRLHolder crl) throws FeedRejectedException {
        try {
            return load(crl.getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RecordingSink load(String text) throws FeedRejectedException {
        return load(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RecordingSink load(byte[] content) throws FeedRejectedException {
        try {
            Path file = Files.write(directory.resolve("test.crl"), content);
            FeedFile plain = TestFeed.file(file, named);
            new CrlFeed(issuers, () -> TestFeed.NOW, own, alarm())
                    .read(
                            new FeedFile(
                                    file,
                                    plain.source(),
                                    named,
                                    plain.progress(),
                                    new LoadOptions(
                                            false,
                                            false,
                                            false,
                                            false,
                                            acceptNumberReset,
                                            Map.of())),
                            sink);
            return sink;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<StatusChange.Revoke> revocations() {
        return sink.changes().stream().map(StatusChange.Revoke.class::cast).toList();
    }

    RecordingSink sink() {
        return sink;
    }
}

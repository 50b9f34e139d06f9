package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditLogConfig;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.audit.CheckpointSigner;
import org.precertocsp.responder.audit.CheckpointStore;
import org.precertocsp.responder.audit.SignatureJournal;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.SingleResponseContent;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;

/// Claim: recording every signature costs at most 3 % of a live answer.
///
/// Run: `taskset -c 0 precert-load bench SignatureJournal`, on one processor, so that the thread
/// that writes the journal takes its time from the one that signs and all of its cost is seen.
/// Input: `good` for 1,024 serials in turn, P-256; the base is the same without a journal. Not
/// measured: HTTP and lookups, which make the share of a live answer smaller, and a full disk.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignatureJournalBenchmark {
    private static final int SERIALS = 1024;
    private static final long SEGMENT_BYTES = 64_000_000;

    private final ResponseContent[] contents = new ResponseContent[SERIALS];
    private @Nullable ResponderCredential credential;
    private @Nullable SignatureJournal journal;
    private @Nullable ResponseSigner unrecorded;
    private @Nullable ResponseSigner recorded;
    private int next;

    @Setup
    public void open() throws IOException, InvalidCertificateException {
        BenchmarkFixture corpus = BenchmarkFixture.of(SERIALS, 0, CorpusKeyType.P256);
        Instant now = BenchmarkFixture.now();
        for (int i = 0; i < SERIALS; i++) {
            SingleResponseContent answer =
                    new SingleResponseContent(
                            corpus.issuer()
                                    .key()
                                    .certId(
                                            HashAlgorithm.SHA1,
                                            DigestParameters.NULL,
                                            corpus.assigned(i).serial()),
                            new CertStatus.Good());
            contents[i] =
                    new ResponseContent(
                            List.of(answer),
                            ValidityWindow.from(now, Duration.ofDays(4)),
                            Optional.empty(),
                            Optional.empty(),
                            now);
        }
        credential = corpus.credential(ProviderChoice.FASTEST);
        journal = journal(BenchmarkDirectory.ofThisProcess().empty("journal"));
        unrecorded = new BouncyCastleSigner(requireNonNull(credential), SigningJournal.NONE);
        recorded = new BouncyCastleSigner(requireNonNull(credential), requireNonNull(journal));
    }

    private static SignatureJournal journal(Path directory) throws IOException {
        CheckpointSigner key = CheckpointSigner.create(directory.resolve("audit.pem"));
        return SignatureJournal.open(
                carry ->
                        new AuditLogConfig(
                                directory.resolve("signatures"),
                                "measured",
                                key,
                                CheckpointStore.NONE,
                                SEGMENT_BYTES,
                                carry,
                                Alarm.LOGGED,
                                InstantSource.system(),
                                Duration.ZERO),
                AuditTrail.NONE,
                directory.resolve("pending"));
    }

    @TearDown
    public void close() {
        requireNonNull(journal).close();
        requireNonNull(credential).key().close();
    }

    /// The base.
    @Benchmark
    public SignedResponse unrecorded() throws SignerUnavailableException {
        return requireNonNull(unrecorded).sign(contents[next++ & (SERIALS - 1)]);
    }

    @Benchmark
    public SignedResponse recorded() throws SignerUnavailableException {
        return requireNonNull(recorded).sign(contents[next++ & (SERIALS - 1)]);
    }
}

package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;

/// Claim: reassembling a stored response takes a small part of the time that signing it takes.
///
/// Run: `precert-load bench Reassembly`. Input: one `good` answer, P-256, delegate sent, no
/// archiveCutoff. Not measured: reading the stored response.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReassemblyBenchmark {
    private @Nullable SingleResponseContent answer;
    private @Nullable SignedResponse signed;

    @Setup
    public void sign() throws IOException, InvalidCertificateException, SignerUnavailableException {
        BenchmarkFixture corpus = BenchmarkFixture.of(1, 0, CorpusKeyType.P256);
        Instant now = BenchmarkFixture.now();
        answer =
                new SingleResponseContent(
                        corpus.issuer()
                                .key()
                                .certId(
                                        HashAlgorithm.SHA1,
                                        DigestParameters.NULL,
                                        corpus.assigned(0).serial()),
                        new CertStatus.Good());
        ResponderCredential credential = corpus.credential(ProviderChoice.FASTEST);
        signed =
                new BouncyCastleSigner(credential)
                        .sign(
                                new ResponseContent(
                                        List.of(answer),
                                        ValidityWindow.from(now, Duration.ofDays(4)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        now));
        if (!assemble().der().equals(signed.der())) {
            throw new IllegalStateException("put together, it is another response");
        }
    }

    @Benchmark
    public SignedResponse assemble() {
        SignedResponse response = requireNonNull(signed);
        SignedResponse.Essence essence = response.essence().orElseThrow();
        return essence.template()
                .assemble(requireNonNull(answer), response.window(), essence.signature());
    }
}

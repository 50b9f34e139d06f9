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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;
import org.precertocsp.signer.key.SigningKeyException;

/// Claim: a live answer costs hardly more than its signature, with every algorithm and provider.
///
/// Run: `precert-load bench Sign`. Input: `good` for one serial after the other, delegate sent, no
/// nonce; the base signs 200 bytes with the same key. Not measured: HSMs, queues, look-ups.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignBenchmark {
    private static final int SERIALS = 1024;
    private static final int MESSAGE_BYTES = 200;

    @Param({"P256", "P384", "RSA2048", "RSA3072", "ED25519"})
    private CorpusKeyType keys = CorpusKeyType.P256;

    @Param({"CORRETTO", "BOUNCY_CASTLE"})
    private ProviderChoice provider = ProviderChoice.CORRETTO;

    private final ResponseContent[] contents = new ResponseContent[SERIALS];
    private final byte[] message = new byte[MESSAGE_BYTES];
    private @Nullable ResponderCredential credential;
    private @Nullable ResponseSigner signer;
    private int next;

    @Setup
    public void open() throws IOException, InvalidCertificateException {
        BenchmarkFixture corpus = BenchmarkFixture.of(SERIALS, 0, keys);
        Instant now = BenchmarkFixture.now();
        for (int i = 0; i < SERIALS; i++) {
            CertId asked =
                    corpus.issuer()
                            .key()
                            .certId(
                                    HashAlgorithm.SHA1,
                                    DigestParameters.NULL,
                                    corpus.assigned(i).serial());
            contents[i] =
                    new ResponseContent(
                            List.of(new SingleResponseContent(asked, new CertStatus.Good())),
                            ValidityWindow.from(now, Duration.ofDays(4)),
                            Optional.empty(),
                            Optional.empty(),
                            now);
        }
        credential = corpus.credential(provider);
        signer = new BouncyCastleSigner(requireNonNull(credential));
    }

    @TearDown
    public void close() {
        requireNonNull(credential).key().close();
    }

    /// The whole OCSPResponse.
    @Benchmark
    public SignedResponse response() throws SignerUnavailableException {
        return requireNonNull(signer).sign(contents[next++ & (SERIALS - 1)]);
    }

    /// The base: the signature alone.
    @Benchmark
    public byte[] raw() throws SigningKeyException {
        message[0]++;
        return requireNonNull(credential).key().sign(message);
    }
}

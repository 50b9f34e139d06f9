package org.precertocsp.loadtest.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.responder.request.DecodeResult;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.OcspRequestView;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.signer.InvalidCertificateException;

/// Claim: a plain OCSPRequest is recognised without garbage, several times as fast as it is
/// decoded.
///
/// Run: `precert-load bench RequestDecode`. Input: 4,096 requests for one certificate each, serials
/// of 16 bytes, SHA-1, no nonce, in turn. Not measured: HTTP, and requests that are unusual.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestDecodeBenchmark {
    private static final int MAX_CERT_IDS = 100;

    private final OcspRequestDecoder decoder =
            new OcspRequestDecoder(new RequestLimits(MAX_CERT_IDS));
    private final OcspRequestView plain = decoder.newView();
    private EncodedRequests requests = EncodedRequests.none();

    @Setup
    public void encode() throws IOException, InvalidCertificateException {
        BenchmarkFixture corpus = BenchmarkFixture.of(EncodedRequests.COUNT, 0, CorpusKeyType.P256);
        requests = EncodedRequests.der(corpus, Workload.plainPost());
    }

    /// Creates the objects that the layers of answers work on.
    @Benchmark
    public DecodeResult full() {
        return decoder.decode(requests.next());
    }

    /// The first step of event loops.
    @Benchmark
    public int plain() {
        byte[] request = requests.next();
        if (!plain.read(request, 0, request.length)) {
            throw new IllegalStateException("a plain request was not recognised");
        }
        return plain.serialOffset();
    }
}

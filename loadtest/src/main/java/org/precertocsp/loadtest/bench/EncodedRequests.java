package org.precertocsp.loadtest.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.PackedSerialTable;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.SerialPopulation;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.loadtest.requests.TargetUrl;
import org.precertocsp.loadtest.requests.Workload;

/// Requests as the load driver sends them, encoded beforehand and used in turn, so that the branch
/// predictor cannot learn any of them. For one thread.
final class EncodedRequests {
    /// A power of two; all requests together exceed the first-level cache of a core.
    static final int COUNT = 4096;

    private static final byte[] BLANK_LINE = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[][] requests;
    private int next;

    private EncodedRequests(byte[][] requests) {
        this.requests = requests;
    }

    /// Whole HTTP requests for the first serials of the corpus, each once.
    static EncodedRequests http(BenchmarkFixture corpus, Workload workload) {
        PackedSerialTable.Builder table = SerialTable.builder();
        for (long i = 0; i < COUNT; i++) {
            table.add(corpus.assigned(i).serial(), ExpectedStatus.ASSIGNED);
        }
        SerialPopulation population = SerialPopulation.of(corpus.issuer(), table.build(), 1);
        RequestEncoder encoder =
                RequestStream.of(population, workload)
                        .encoder(TargetUrl.of("http://ocsp.example.com/"), true);
        byte[][] requests = new byte[COUNT][];
        EncodedRequest request = new EncodedRequest();
        for (int i = 0; i < COUNT; i++) {
            encoder.encode(i, request);
            requests[i] = Arrays.copyOf(request.bytes(), request.length());
        }
        return new EncodedRequests(requests);
    }

    /// Only the bodies of POSTs: an OCSPRequest each.
    static EncodedRequests der(BenchmarkFixture corpus, Workload workload) {
        byte[][] whole = http(corpus, workload).requests;
        byte[][] bodies = new byte[COUNT][];
        for (int i = 0; i < COUNT; i++) {
            bodies[i] = Arrays.copyOfRange(whole[i], bodyAt(whole[i]), whole[i].length);
        }
        return new EncodedRequests(bodies);
    }

    /// A placeholder before the requests are encoded.
    static EncodedRequests none() {
        return new EncodedRequests(new byte[0][]);
    }

    byte[] next() {
        return requests[next++ & (COUNT - 1)];
    }

    /// Each in a buffer of the kind that sockets are read into.
    ByteBuf[] direct() {
        return Arrays.stream(requests)
                .map(it -> Unpooled.directBuffer(it.length).writeBytes(it))
                .toArray(ByteBuf[]::new);
    }

    byte[][] all() {
        return requests;
    }

    private static int bodyAt(byte[] request) {
        for (int i = 0; i + BLANK_LINE.length <= request.length; i++) {
            if (Arrays.equals(
                    request, i, i + BLANK_LINE.length, BLANK_LINE, 0, BLANK_LINE.length)) {
                return i + BLANK_LINE.length;
            }
        }
        throw new IllegalStateException("a request has a blank line");
    }
}

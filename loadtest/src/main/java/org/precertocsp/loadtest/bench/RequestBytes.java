package org.precertocsp.loadtest.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.Expected;
import org.precertocsp.loadtest.requests.Mix;
import org.precertocsp.loadtest.requests.PackedSerials;
import org.precertocsp.loadtest.requests.Population;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestSupply;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.loadtest.requests.Target;

/// Requests as the load driver sends them, encoded beforehand and used in turn, so that no branch
/// predictor learns one of them by heart. For one thread.
final class RequestBytes {
    /// A power of two, and in all more than the first cache of a core holds.
    static final int COUNT = 4096;

    private static final byte[] BLANK_LINE = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final byte[][] requests;
    private int next;

    private RequestBytes(byte[][] requests) {
        this.requests = requests;
    }

    /// Whole HTTP requests for the first serials of the corpus, each once.
    static RequestBytes http(BenchCorpus corpus, Mix mix) {
        PackedSerials.Builder table = SerialTable.builder();
        for (long i = 0; i < COUNT; i++) {
            table.add(corpus.assigned(i).serial(), Expected.ASSIGNED);
        }
        Population population = Population.of(corpus.issuer(), table.build(), 1);
        RequestEncoder encoder =
                RequestSupply.of(population, mix)
                        .encoder(Target.of("http://ocsp.example.com/"), true);
        byte[][] requests = new byte[COUNT][];
        EncodedRequest request = new EncodedRequest();
        for (int i = 0; i < COUNT; i++) {
            encoder.encode(i, request);
            requests[i] = Arrays.copyOf(request.bytes(), request.length());
        }
        return new RequestBytes(requests);
    }

    /// The bodies of POSTs alone: an OCSPRequest each.
    static RequestBytes der(BenchCorpus corpus, Mix mix) {
        byte[][] whole = http(corpus, mix).requests;
        byte[][] bodies = new byte[COUNT][];
        for (int i = 0; i < COUNT; i++) {
            bodies[i] = Arrays.copyOfRange(whole[i], bodyAt(whole[i]), whole[i].length);
        }
        return new RequestBytes(bodies);
    }

    /// Before anything is encoded.
    static RequestBytes none() {
        return new RequestBytes(new byte[0][]);
    }

    byte[] next() {
        return requests[next++ & (COUNT - 1)];
    }

    /// Each in a buffer such as sockets are read into.
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

package org.precertocsp.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.precertocsp.loadtest.requests.EncodedRequest;

final class InFlightRequestsTest {
    /// @param index and from it everything else
    private record Request(long index) {
        long intended() {
            return 10 * index;
        }

        long sent() {
            return 10 * index + 1;
        }

        int kind() {
            return (int) (index % EncodedRequest.KINDS);
        }
    }

    /// HTTP/1.1 answers come in the order of the requests, however many are under way.
    @Property(tries = 100)
    void answers_belong_to_the_requests_in_the_order_sent(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int depth) {
        Random random = new Random(seed);
        InFlightRequests flights = new InFlightRequests(depth);
        ArrayDeque<Request> model = new ArrayDeque<>();
        for (long next = 0; next < 200; next++) {
            if (model.size() < depth && random.nextBoolean()) {
                Request request = new Request(next);
                flights.add(request.intended(), request.sent(), request.index(), request.kind());
                model.add(request);
            } else if (!model.isEmpty()) {
                Request oldest = model.remove();
                int slot = flights.oldest();
                assertThat(flights.index(slot)).isEqualTo(oldest.index());
                assertThat(flights.intended(slot)).isEqualTo(oldest.intended());
                assertThat(flights.sent(slot)).isEqualTo(oldest.sent());
                assertThat(flights.kind(slot)).isEqualTo(oldest.kind());
                flights.end();
            }
            assertThat(flights.count()).isEqualTo(model.size());
        }
    }
}

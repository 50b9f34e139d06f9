package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.SerialPopulation;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.loadtest.requests.TargetUrl;
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.ocsp.Serial;

final class UniqueSerialStreamTest {
    private static final TargetUrl TARGET = new TargetUrl("127.0.0.1", 80, "/");
    private static final int SERIALS = 10;
    private static final SerialTable TABLE = SerialTable.random(1, SERIALS, ExpectedStatus.GOOD);

    private final UniqueSerialStream.Counter counter = new UniqueSerialStream.Counter(SERIALS);
    private final UniqueSerialStream ours = new UniqueSerialStream(supply(), counter);
    private final UniqueSerialStream theirs = new UniqueSerialStream(supply(), counter);

    private static RequestStream supply() {
        return RequestStream.of(
                SerialPopulation.of(TestCa.root("CA").certificate(), TABLE, 1),
                Workload.plainPost());
    }

    /// One run: that many requests, each from index 0 on, as a driver asks for them.
    private static List<Serial> run(UniqueSerialStream supply, int requests) {
        RequestEncoder encoder = supply.encoder(TARGET, true);
        EncodedRequest request = new EncodedRequest();
        List<Serial> asked = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            encoder.encode(i, request);
            asked.add(supply.question(i).serial());
        }
        return asked;
    }

    @Test
    void runs_of_all_sides_go_on_where_the_last_one_ended() {
        List<Serial> asked = new ArrayList<>(run(ours, 3));
        asked.addAll(run(theirs, 4));
        asked.addAll(run(ours, 3));

        assertThat(asked).doesNotHaveDuplicates().hasSize(SERIALS);
        assertThat(counter.asked()).isEqualTo(SERIALS);
        assertThat(counter.isExhausted()).isFalse();
    }

    @Test
    void asking_about_more_than_there_are_is_noticed() {
        run(ours, SERIALS);
        assertThat(counter.isExhausted()).isFalse();

        assertThat(run(theirs, 1)).containsExactly(TABLE.serial(0));
        assertThat(counter.isExhausted()).isTrue();
    }

    /// A sample is asked about by its index after the run.
    @Test
    void a_question_is_that_of_the_last_run() {
        run(ours, 3);
        run(ours, 2);

        assertThat(ours.question(1).serial()).isEqualTo(TABLE.serial(4));
    }
}

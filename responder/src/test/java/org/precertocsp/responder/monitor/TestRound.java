package org.precertocsp.responder.monitor;

import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.monitor.rule.CheckLimits;
import org.precertocsp.responder.monitor.rule.Judge;
import org.precertocsp.responder.monitor.rule.Judgement;
import org.precertocsp.responder.monitor.rule.Ruling;
import org.precertocsp.responder.monitor.rule.Verdict;
import org.precertocsp.responder.monitor.subject.Subject;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.responder.monitor.wire.WireLimits;

/// One round over the wire, as `check` makes it, without waiting between tries.
final class TestRound {
    /// What an answer may take, on a busy machine too.
    static final Duration PATIENT = Duration.ofSeconds(30);

    private TestRound() {}

    /// @param exchange longer than any answer takes, on a busy machine too
    /// @param slowest what an answer may take without blame
    static Judgement of(Subject subject, Duration exchange, Duration slowest) {
        InstantSource clock = InstantSource.system();
        HttpWire wire = new HttpWire(WireLimits.within(exchange), clock);
        CheckLimits limits =
                new CheckLimits(
                        slowest, Duration.ofMinutes(1), Duration.ofMinutes(15), 2, Duration.ZERO);
        Judge judge = new Judge(IssuerProfile.TLS, clock);
        Monitor monitor = new Monitor(judge, wire, limits, _ -> {});
        return monitor.round(List.of(subject), _ -> {}).judgements().getFirst();
    }

    static Subject precertificate(TestCa ca, BigInteger serial, String url) {
        return new Subject(
                "precertificate.pem",
                Serial.of(serial),
                Subject.Kind.PRECERTIFICATE,
                ca.certificate(),
                Optional.of(url),
                Optional.of(url),
                Optional.empty(),
                TestCa.NOT_AFTER);
    }

    /// What did not pass, such as `fail SA-01`.
    static Set<String> blamed(Collection<Ruling> rulings) {
        return rulings.stream()
                .filter(it -> it.verdict().compareTo(Verdict.PASS) > 0)
                .map(it -> it.verdict() + " " + it.rule())
                .collect(Collectors.toSet());
    }
}

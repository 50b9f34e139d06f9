package org.precertocsp.responder.monitor;

import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;

/// One round over the wire, as `check` makes it, without waiting between tries.
final class TestCheckRound {
    /// What an answer may take, on a busy machine too.
    static final Duration PATIENT = Duration.ofSeconds(30);

    private TestCheckRound() {}

    /// @param exchange longer than any answer takes, on a busy machine too
    /// @param slowest what an answer may take without blame
    static CheckResult of(CheckSubject subject, Duration exchange, Duration slowest) {
        InstantSource clock = InstantSource.system();
        RawHttpClient wire =
                new RawHttpClient(
                        RawHttpLimits.within(exchange),
                        clock,
                        (SSLSocketFactory) SSLSocketFactory.getDefault());
        CheckLimits limits =
                new CheckLimits(
                        slowest, Duration.ofMinutes(1), Duration.ofMinutes(15), 2, Duration.ZERO);
        ResponderChecker judge = new ResponderChecker(IssuerProfile.TLS, clock);
        CheckRunner monitor = new CheckRunner(judge, wire, limits, _ -> {});
        return monitor.round(List.of(subject), _ -> {}).judgements().getFirst();
    }

    static CheckSubject precertificate(TestCa ca, BigInteger serial, String url) {
        return new CheckSubject(
                "precertificate.pem",
                Serial.of(serial),
                CheckSubject.Kind.PRECERTIFICATE,
                ca.certificate(),
                Optional.of(url),
                Optional.of(url),
                Optional.empty(),
                TestCa.NOT_AFTER);
    }

    /// What did not pass, such as `fail SA-01`.
    static Set<String> blamed(Collection<RuleResult> rulings) {
        return rulings.stream()
                .filter(it -> it.verdict().compareTo(RuleVerdict.PASS) > 0)
                .map(it -> it.verdict() + " " + it.rule())
                .collect(Collectors.toSet());
    }
}

package org.precertocsp.responder.config;

import java.time.Duration;
import java.util.Map;
import org.precertocsp.signer.SigningConfig;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;

/// The section `signing`: the limits for each key, and the provider that computes with keys from
/// files.
final class SigningSection {
    record Signing(SigningConfig config, ProviderChoice provider) {}

    private record Breaker(int failures, Duration pause) {}

    private SigningSection() {}

    static Signing read(Section signing) {
        Breaker breaker = signing.section("breaker", SigningSection::breaker);
        SigningConfig config =
                new SigningConfig(
                        signing.value(
                                "maxInFlight",
                                Formats.count(1, 1024),
                                Runtime.getRuntime().availableProcessors()),
                        signing.value("maxWaiters", Formats.count(0, 100_000), 256),
                        signing.value("singleUsePerSecond", Formats.count(1, 1_000_000), 500),
                        // TF-17 allows ten seconds for the whole answer.
                        signing.value(
                                "timeout",
                                Formats.duration(Duration.ofMillis(10), Duration.ofSeconds(10)),
                                Duration.ofSeconds(5)),
                        breaker.failures(),
                        breaker.pause());
        ProviderChoice provider =
                signing.value(
                        "provider",
                        Formats.choice(
                                Map.of(
                                        "fastest", ProviderChoice.FASTEST,
                                        "corretto", ProviderChoice.CORRETTO,
                                        "bouncy-castle", ProviderChoice.BOUNCY_CASTLE)),
                        ProviderChoice.FASTEST);
        return new Signing(config, provider);
    }

    private static Breaker breaker(Section breaker) {
        return new Breaker(
                breaker.value("failures", Formats.count(1, 1000), 5),
                breaker.value(
                        "pause",
                        Formats.duration(Duration.ofMillis(100), Duration.ofHours(1)),
                        Duration.ofSeconds(5)));
    }
}

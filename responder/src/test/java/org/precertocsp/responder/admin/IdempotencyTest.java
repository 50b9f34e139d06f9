package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.admin.TestApiServer.json;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// What an Idempotency-Key promises, on the real store.
final class IdempotencyTest {
    @TempDir Path folder;

    private TestApiServer open() throws Exception {
        Files.createDirectories(folder.resolve("tls"));
        return new TestApiServer(
                folder.resolve("tls"),
                RocksStore.open(new StoreConfig(folder.resolve("store"), 8_000_000L)));
    }

    private static HttpResponse<String> say(
            TestApiServer api, String role, String facts, String key, String more) {
        return api.send(
                role,
                "POST",
                facts,
                "{\"issuer\": \"tls\", \"serial\": \"5c01\"%s}".formatted(more),
                "Content-Type",
                "application/json",
                "Idempotency-Key",
                key);
    }

    @Test
    void the_same_request_is_told_the_same_and_done_once_also_after_a_restart() throws Exception {
        String cancelled;
        try (TestApiServer api = open()) {
            say(api, "issuer", "announcements", "a1", "");
            cancelled = say(api, "issuer", "cancellations", "c1", "").body();
            say(api, "issuer", "announcements", "a2", "");
        }
        try (TestApiServer api = open()) {
            // Sent again after the reply was lost, it must not take the second announcement back.
            assertThat(say(api, "issuer", "cancellations", "c1", "").body()).isEqualTo(cancelled);
            assertThat(state(api)).isEqualTo("announced");

            api.clock.pass(Duration.ofHours(25));
            api.store(RocksStore.class).forget(api.clock.instant());
            say(api, "issuer", "cancellations", "c1", "");
            assertThat(state(api)).isEqualTo("unassigned");
        }
    }

    @Test
    void a_key_stands_for_one_request_of_one_caller() throws Exception {
        try (TestApiServer api = open()) {
            say(api, "issuer", "announcements", "k", "");

            HttpResponse<String> other =
                    say(api, "issuer", "announcements", "k", ", \"comment\": \"other\"");
            assertThat(other.statusCode()).isEqualTo(422);
            assertThat(json(other).path("type").asText()).endsWith("/key-reused");
            assertThat(say(api, "issuer", "cancellations", "k", "").statusCode()).isEqualTo(422);
            assertThat(say(api, "operator", "cancellations", "k", "").statusCode()).isEqualTo(200);
            assertThat(say(api, "issuer", "announcements", "a b", "").statusCode()).isEqualTo(422);
        }
    }

    @Test
    void a_refusal_is_not_kept() throws Exception {
        try (TestApiServer api = open()) {
            String reason = ", \"reason\": \"keyCompromise\"";
            assertThat(say(api, "revoker", "amendments", "r", reason).statusCode()).isEqualTo(409);
            say(
                    api,
                    "revoker",
                    "revocations",
                    "s",
                    ", \"unknownSerial\": true, \"reason\": \"superseded\"");

            assertThat(say(api, "revoker", "amendments", "r", reason).statusCode()).isEqualTo(200);
        }
    }

    private static String state(TestApiServer api) {
        return json(api.get("viewer", "issuers/tls/serials/5c01")).path("state").asText();
    }
}

package org.precertocsp.responder.config;

import java.util.Base64;
import org.precertocsp.TestCa;

/// Log keys, and lists of logs in the form browsers publish.
final class LogLists {
    private LogLists() {}

    /// The public key of a log, as PEM.
    static String key() {
        return TestCa.pem("PUBLIC KEY", TestCa.p256().getPublic().getEncoded());
    }

    /// A list of one log.
    static String of(String operator, String name, String state) {
        return "{\"operators\":[" + operator(operator, log(name, state)) + "]}";
    }

    static String operator(String name, String... logs) {
        return "{\"name\":\"%s\",\"logs\":[%s]}".formatted(name, String.join(",", logs));
    }

    static String log(String name, String state) {
        String key = Base64.getEncoder().encodeToString(TestCa.p256().getPublic().getEncoded());
        return """
        {"description":"%s","key":"%s","url":"https://log.example/%s/",
         "state":{"%s":{"timestamp":"2026-01-01T00:00:00Z"}}}
        """
                .formatted(name, key, name.hashCode(), state);
    }
}

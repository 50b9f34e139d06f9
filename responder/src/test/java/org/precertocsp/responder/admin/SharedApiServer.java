package org.precertocsp.responder.admin;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.status.InMemoryStatusStore;

/// One private API with a store in memory, for all tests of a class.
abstract class SharedApiServer {
    @TempDir static Path folder;
    static TestApiServer api;

    @BeforeAll
    static void start() throws Exception {
        api = new TestApiServer(folder, new InMemoryStatusStore());
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    static HttpResponse<String> submit(String pem) {
        return api.send(
                "issuer", "POST", "certificates", pem, "Content-Type", "application/x-pem-file");
    }
}

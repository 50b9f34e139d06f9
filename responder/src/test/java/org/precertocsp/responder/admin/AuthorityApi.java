package org.precertocsp.responder.admin;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.precertocsp.responder.cluster.answers.AuthorityAnswers;
import org.precertocsp.responder.status.InMemoryStatusStore;

/// The private API of an authority, for tests of what edges ask it: the roles of clients are their
/// names.
public final class AuthorityApi implements AutoCloseable {
    private final TestApiServer api;

    private AuthorityApi(TestApiServer api) {
        this.api = api;
    }

    public static AuthorityApi start(Path folder, TestClientCa clients, AuthorityAnswers answers)
            throws IOException, TlsConfigException {
        return new AuthorityApi(
                new TestApiServer(
                        folder, new InMemoryStatusStore(), clients, Optional.of(answers)));
    }

    public URI address() {
        return URI.create("https://127.0.0.1:" + api.server.port().orElseThrow());
    }

    @Override
    public void close() {
        api.close();
    }
}

package org.precertocsp.responder;

import java.net.InetSocketAddress;
import java.util.List;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.reload.ReloadRequests;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;

/// A server whose parts have all been started.
record StartedServer(OcspHttpServer http, Reloader reloader, Lifecycle life)
        implements RunningServer {
    /// A server that also reloads when the command line asks for it.
    static StartedServer of(
            OcspHttpServer http,
            Reloader reloader,
            ServerConfig config,
            BackgroundTasks tasks,
            Lifecycle life) {
        ReloadRequests requests = new ReloadRequests(config.alerts().directory());
        life.closeLater(
                tasks.every(
                        "reload-requests",
                        ReloadRequests.LOOK_EVERY,
                        () -> requests.handleAll(reloader::reload)));
        return new StartedServer(http, reloader, life);
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return http.addresses();
    }

    @Override
    public void reload() {
        reloader.request();
    }

    @Override
    public void close() {
        life.close();
    }
}

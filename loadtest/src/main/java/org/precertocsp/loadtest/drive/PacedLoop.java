package org.precertocsp.loadtest.drive;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// One event loop with its thread.
final class PacedLoop implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final PacedIo io;

    private PacedLoop(MultiThreadIoEventLoopGroup group, PacedIo io) {
        this.group = group;
        this.io = io;
    }

    static PacedLoop start() {
        AtomicReference<PacedIo> made = new AtomicReference<>();
        IoHandlerFactory sockets = Transport.best().handlers();
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("load-driver", true),
                        executor -> {
                            PacedIo io = new PacedIo(sockets.newHandler(executor));
                            made.set(io);
                            return io;
                        });
        return new PacedLoop(group, made.get());
    }

    EventLoop eventLoop() {
        return group.next();
    }

    /// From now on the loop asks the beat; `first` runs on its thread.
    void run(PacedIo.Beat beat, Runnable first) {
        eventLoop()
                .execute(
                        () -> {
                            io.follow(beat);
                            first.run();
                        });
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

package org.precertocsp.loadtest.drive;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// One event loop with its thread.
final class PollingEventLoop implements AutoCloseable {
    /// Work between two polls of the sockets.
    interface LoopTask {
        /// Sends due requests.
        ///
        /// @return true to poll, false to sleep until a socket or timer wakes the loop
        boolean sendDue();

        /// @param handled number of sockets with events
        void afterPoll(int handled, boolean polled);
    }

    private final MultiThreadIoEventLoopGroup group;
    private final PollingIoHandler io;

    private PollingEventLoop(MultiThreadIoEventLoopGroup group, PollingIoHandler io) {
        this.group = group;
        this.io = io;
    }

    static PollingEventLoop start() {
        AtomicReference<PollingIoHandler> made = new AtomicReference<>();
        IoHandlerFactory sockets = Transport.best().handlers();
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("load-driver", true),
                        executor -> {
                            PollingIoHandler io =
                                    new PollingIoHandler(sockets.newHandler(executor));
                            made.set(io);
                            return io;
                        });
        return new PollingEventLoop(group, made.get());
    }

    /// The kind of channel that the loop drives.
    static Class<? extends SocketChannel> channel() {
        return Transport.best().channel();
    }

    EventLoop eventLoop() {
        return group.next();
    }

    /// From now on the loop runs the task; `first` runs on its thread.
    void run(LoopTask task, Runnable first) {
        eventLoop()
                .execute(
                        () -> {
                            io.setTask(task);
                            first.run();
                        });
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /// Consults the schedule around every poll of the sockets. While a request is due soon the loop
    /// polls instead of sleeping, because a sleeping thread wakes tens of microseconds late and
    /// that would be counted as the server's latency.
    private static final class PollingIoHandler implements IoHandler {
        private static final LoopTask IDLE =
                new LoopTask() {
                    @Override
                    public boolean sendDue() {
                        return false;
                    }

                    @Override
                    public void afterPoll(int handled, boolean polled) {}
                };

        private final IoHandler sockets;
        private LoopTask task = IDLE;

        PollingIoHandler(IoHandler sockets) {
            this.sockets = sockets;
        }

        /// Sets the task that is run from now on. Call on the loop's thread.
        void setTask(LoopTask next) {
            task = next;
        }

        @Override
        public int run(IoHandlerContext context) {
            boolean poll = task.sendDue();
            int handled = sockets.run(poll ? new Polling(context) : context);
            task.afterPoll(handled, poll);
            return handled;
        }

        /// The loop's own context, except that it never sleeps.
        private record Polling(IoHandlerContext loop) implements IoHandlerContext {
            @Override
            public boolean canBlock() {
                return false;
            }

            @Override
            public long delayNanos(long currentTimeNanos) {
                return loop.delayNanos(currentTimeNanos);
            }

            @Override
            public long deadlineNanos() {
                return loop.deadlineNanos();
            }
        }

        @Override
        public void initialize() {
            sockets.initialize();
        }

        @Override
        public void prepareToDestroy() {
            sockets.prepareToDestroy();
        }

        @Override
        public void destroy() {
            sockets.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return sockets.register(handle);
        }

        @Override
        public void wakeup() {
            sockets.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return sockets.isCompatible(handleType);
        }
    }

    /// How sockets are driven: Linux epoll through a native library if that loads, the JDK
    /// otherwise.
    private enum Transport {
        EPOLL,
        NIO;

        static Transport best() {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }

        IoHandlerFactory handlers() {
            return switch (this) {
                case EPOLL -> EpollIoHandler.newFactory();
                case NIO -> NioIoHandler.newFactory();
            };
        }

        Class<? extends SocketChannel> channel() {
            return switch (this) {
                case EPOLL -> EpollSocketChannel.class;
                case NIO -> NioSocketChannel.class;
            };
        }
    }
}

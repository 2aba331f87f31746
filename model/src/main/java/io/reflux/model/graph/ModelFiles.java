package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/** Bytes of model files: to and from disk, to messages, to digests. */
final class ModelFiles {

    /** Where protobuf's 32-bit sizes end. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8L;

    private ModelFiles() {}

    static byte[] read(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new ModelException(
                        ModelException.Code.UNREADABLE, file + ": a folder (expected: an ONNX model file)");
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new ModelException(
                        ModelException.Code.UNSUPPORTED, file + ": " + size + " bytes (expected: less than 2 GiB)");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    ModelException.Code.UNREADABLE, file + ": no such file (expected: an ONNX model file)", e);
        } catch (IOException e) {
            throw new ModelException(ModelException.Code.UNREADABLE, file + ": cannot be read: " + reason(e), e);
        }
    }

    /** @throws ModelException if a model of so many bytes is too large */
    static void requireSize(long bytes) {
        if (bytes > MAX_BYTES) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    "a model of " + bytes + " bytes and more (expected: less than 2 GiB in all)");
        }
    }

    /** Parses without copying: large values stay slices of {@code bytes}. */
    static ModelProto parse(ByteString bytes) {
        try {
            CodedInputStream input = bytes.newCodedInput();
            input.enableAliasing(true);
            return ModelProto.parseFrom(input);
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.MALFORMED,
                    bytes.size() + " bytes that are not a whole protobuf message (expected: an ONNX model file)",
                    e);
        }
    }

    /** Writes beside the target, makes sure it is on disk, then renames: a crash leaves the old file or the new one. */
    static void write(ByteString bytes, Path file) {
        Path target = file.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new ModelException(
                    ModelException.Code.UNWRITABLE, file + ": cannot be written: a folder (expected: a file)");
        }
        Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel =
                    FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                }
                channel.force(true);
            }
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            ModelException failure =
                    new ModelException(ModelException.Code.UNWRITABLE, file + ": cannot be written: " + reason(e), e);
            delete(beside, failure);
            throw failure;
        }
    }

    static String sha256(ByteString bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            bytes.asReadOnlyByteBufferList().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void delete(Path file, ModelException failure) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** The file system's reason; its exceptions often carry nothing but the path. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
    }
}

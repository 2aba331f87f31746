package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.reflux.model.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
            throw new ModelException(
                    ModelException.Code.UNREADABLE, file + ": cannot be read: " + WholeFile.reason(e), e);
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

    /** Writes a file whole or not at all. */
    static void write(ByteString bytes, Path file) {
        try {
            WholeFile.write(file, bytes::writeTo);
        } catch (IOException e) {
            throw new ModelException(
                    ModelException.Code.UNWRITABLE, file + ": cannot be written: " + WholeFile.reason(e), e);
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
}

package io.reflux.student.source;

import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.ViewRenderer;

final class LocalSourceTest extends SoftLabelSourceContract {
    @Override
    protected SoftLabelSource open() {
        return new LocalSource(
                SourceFixture.open(), new ViewRenderer(SourceFixture.SET, augmentation()), PixelScaling.UNIT);
    }

    @Override
    protected Augmentation augmentation() {
        return new Augmentation(2);
    }
}

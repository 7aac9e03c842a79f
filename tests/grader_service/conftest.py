"""Property tests are not timed: on a shared machine a slow example says nothing."""

import hypothesis

hypothesis.settings.register_profile("grader", deadline=None, max_examples=60)
hypothesis.settings.load_profile("grader")

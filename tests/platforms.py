"""The tests of the grader, which needs Linux: elsewhere they are not collected."""

GRADER = (
    "browser/test_grading.py",
    "grading",
    "hostile",
    "test_collect.py",
    "test_exchange.py",
    "test_exports.py",
    "test_grade.py",
    "test_hub.py",
    "test_isolation.py",
    "test_leaderboard.py",
    "test_report.py",
    "test_warm_process.py",
)

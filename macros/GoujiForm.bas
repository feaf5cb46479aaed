Option Explicit
' The buttons of a unit's form.

Public Sub Gouji_Check()
    RunPython "gouji.buttons.check"
End Sub

Public Sub Gouji_ImportLastYear()
    RunPython "gouji.buttons.import_last_year"
End Sub

Public Sub Gouji_Submit()
    RunPython "gouji.buttons.submit"
End Sub

Public Sub Gouji_ClearMarks()
    RunPython "gouji.buttons.clear_marks"
End Sub

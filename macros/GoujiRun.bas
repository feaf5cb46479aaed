Option Explicit
' A button's way to Python. One text for Excel, WPS and LibreOffice: ASCII only, no conditional
' compilation, no Declare, no class module. The other end of this is pysrc/gouji/launch.py.
'
' Python gets one ASCII word: office,target,workbook,reply. Every character but letters, digits and
' . _ / \ : - is written as ~ and four hexadecimal digits, so that no path needs quoting.
' Python answers through a small file: "+..." all is well, "!..." an encoded sentence for the user.

Private Const ANSWER_SECONDS As Long = 8
Private Const PLACES As Long = 5

Public Sub RunPython(ByVal Target As String)
    Dim Reply As String, Request As String, Place As Long
    If ThisWorkbook.Path = "" Then
        Notify GoujiText("not_saved")
        Exit Sub
    End If
    If Not InLibreOffice() And Not OnWindows() Then
        Notify GoujiText("mac")
        Exit Sub
    End If
    Reply = ReplyFile()
    Request = " -E -P -m gouji.launch " & OfficeName() & "," & Encoded(Target) & "," & _
        Encoded(BookFile()) & "," & Encoded(Reply)
    ShowStatus GoujiText("starting")
    For Place = 1 To PLACES
        If Started(Candidate(Place), Request, Reply) Then Exit For
    Next Place
    HideStatus
    If Place > PLACES Then
        Notify GoujiText("no_python")
    Else
        TellAnswer FirstLine(Reply)
        RemoveFile Reply
    End If
End Sub

' Proves that the whole project compiled and that Chinese survives: the product's name.
Public Function Sentinel() As String
    Sentinel = Decoded(Encoded(GoujiText("title")))
End Function

Private Sub TellAnswer(ByVal Answer As String)
    If Left(Answer, 1) = "!" Then
        Notify Decoded(Mid(Answer, 2))
    ElseIf Answer = "+started" And Not InLibreOffice() Then
        ' Excel waits for Python, so a run that ended well would have said so.
        Notify GoujiText("broken_off")
    End If
End Sub

' ---------------------------------------------------------------- which Python
' In this order: beside the workbook, the one gouji install recorded, the ones on PATH.
Private Function Candidate(ByVal Place As Long) As String
    Dim Sep As String
    Sep = Application.PathSeparator
    Select Case Place
    Case 1
        If OnWindows() Then
            Candidate = Program(ThisWorkbook.Path & "\runtime\python.exe")
        Else
            Candidate = Program(ThisWorkbook.Path & "/runtime/bin/python")
        End If
    Case 2
        Candidate = Program(Decoded(FirstLine(ConfigFolder() & Sep & "gouji" & Sep & "python.txt")))
    Case 3
        If OnWindows() Then Candidate = "py"
    Case 4
        Candidate = "python3"
    Case 5
        Candidate = "python"
    End Select
End Function

' The path as a command, or "" where there is no such file.
Private Function Program(ByVal Path As String) As String
    Dim Quote As String
    If Path = "" Then Exit Function
    If Not FileThere(Path) Then Exit Function
    Quote = Chr(34)
    If InStr(Path, Quote) > 0 Then Quote = "'"
    Program = Quote & Path & Quote
End Function

' True when a Python answered. Excel waits until Python has ended; LibreOffice must stay free to
' be driven by Python, so it only waits for the first sign of life.
Private Function Started(ByVal Command As String, ByVal Request As String, _
        ByVal Reply As String) As Boolean
    Dim Since As Double, Code As Double
    If Command = "" Then Exit Function
    If InLibreOffice() Then
        On Error Resume Next
        Err.Clear
        Code = Shell(Command & Request, 0)
        If Err.Number <> 0 Then Exit Function
        Since = Timer
        Do While Abs(Timer - Since) < ANSWER_SECONDS
            If FileThere(Reply) Then Exit Do
            DoEvents
        Loop
    Else
        On Error Resume Next
        Code = CreateObject("WScript.Shell").Run(Command & Request, 0, True)
    End If
    Started = FileThere(Reply)
End Function

' ---------------------------------------------------------------- where we are
' LibreOffice calls itself Excel 11.0 and has no window handle; Excel, and WPS, have one.
Private Function InLibreOffice() As Boolean
    Dim Handle As Double
    If CStr(Application.Version) <> "11.0" Then Exit Function
    On Error Resume Next
    Err.Clear
    Handle = Application.Hwnd
    InLibreOffice = (Err.Number <> 0)
    Err.Clear
End Function

Private Function OnWindows() As Boolean
    OnWindows = (Application.PathSeparator = "\")
End Function

Private Function OfficeName() As String
    OfficeName = "excel"
    If InLibreOffice() Then OfficeName = "libreoffice"
End Function

Private Function BookFile() As String
    BookFile = ThisWorkbook.FullName
    ' There FullName is the bare name, and Path is never a web address.
    If InLibreOffice() Then BookFile = ThisWorkbook.Path & Application.PathSeparator & ThisWorkbook.Name
End Function

Private Function ConfigFolder() As String
    If OnWindows() Then
        ConfigFolder = Environ("APPDATA")
    Else
        ConfigFolder = Environ("XDG_CONFIG_HOME")
        If ConfigFolder = "" Then ConfigFolder = Environ("HOME") & "/.config"
    End If
End Function

Private Function ReplyFile() As String
    Dim Folder As String
    If OnWindows() Then Folder = Environ("TEMP") Else Folder = Environ("TMPDIR")
    If Folder = "" Then Folder = "/tmp"
    Randomize
    ReplyFile = Folder & Application.PathSeparator & "gouji-" & CStr(Int(Rnd * 1000000000)) & ".reply"
End Function

' ---------------------------------------------------------------- files and messages
' On Windows through the scripting library: VBA's own functions know no Unicode there.
Private Function FileThere(ByVal Path As String) As Boolean
    On Error Resume Next
    If InLibreOffice() Then
        FileThere = (Dir(Path) <> "")
    Else
        FileThere = CreateObject("Scripting.FileSystemObject").FileExists(Path)
    End If
End Function

Private Function FirstLine(ByVal Path As String) As String
    Dim Number As Integer, Text As String
    If Not FileThere(Path) Then Exit Function
    On Error Resume Next
    If InLibreOffice() Then
        Number = FreeFile
        Open Path For Input As #Number
        Line Input #Number, Text
        Close #Number
    Else
        Text = CreateObject("Scripting.FileSystemObject").OpenTextFile(Path, 1).ReadLine
    End If
    FirstLine = Text
End Function

Private Sub RemoveFile(ByVal Path As String)
    On Error Resume Next
    If InLibreOffice() Then
        Kill Path
    Else
        CreateObject("Scripting.FileSystemObject").DeleteFile Path
    End If
End Sub

Private Sub Notify(ByVal Text As String)
    If InLibreOffice() Or Not OnWindows() Then
        MsgBox Text, 48, GoujiText("title")
    Else
        CreateObject("WScript.Shell").Popup Text, 0, GoujiText("title"), 48
    End If
End Sub

Private Sub ShowStatus(ByVal Text As String)
    On Error Resume Next
    Application.StatusBar = Text
End Sub

Private Sub HideStatus()
    On Error Resume Next
    Application.StatusBar = False
End Sub

' ---------------------------------------------------------------- any text as ASCII
Public Function Encoded(ByVal Text As String) As String
    Const PLAIN As String = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/\:-"
    Dim Place As Long, Letter As String, Code As Long, Result As String
    For Place = 1 To Len(Text)
        Letter = Mid(Text, Place, 1)
        If InStr(1, PLAIN, Letter, 0) > 0 Then
            Result = Result & Letter
        Else
            Code = AscW(Letter)
            If Code < 0 Then Code = Code + 65536
            Result = Result & "~" & Right("000" & Hex(Code), 4)
        End If
    Next Place
    Encoded = Result
End Function

Public Function Decoded(ByVal Word As String) As String
    Dim Place As Long, Result As String
    Place = 1
    Do While Place <= Len(Word)
        If Mid(Word, Place, 1) = "~" Then
            Result = Result & ChrW(FromHex(Mid(Word, Place + 1, 4)))
            Place = Place + 5
        Else
            Result = Result & Mid(Word, Place, 1)
            Place = Place + 1
        End If
    Loop
    Decoded = Result
End Function

Private Function FromHex(ByVal Digits As String) As Long
    Dim Place As Long
    For Place = 1 To Len(Digits)
        FromHex = FromHex * 16 + InStr(1, "0123456789ABCDEF", Mid(Digits, Place, 1), 0) - 1
    Next Place
End Function
